package dev.weir.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir
  Path directory;

  @Test
  void replacesWhatWasThere() throws IOException {
    Path file = directory.resolve("file");
    WholeFile.write(file, "a long first content".getBytes(StandardCharsets.UTF_8));
    WholeFile.write(file, "short".getBytes(StandardCharsets.UTF_8));

    assertThat(file).hasContent("short");
    assertThat(directory).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void goesOnWhereAnotherProcessWasHalted() throws IOException {
    Path file = directory.resolve("file");
    Files.writeString(directory.resolve("file.new"), "half of something longer");
    WholeFile.write(file, "whole".getBytes(StandardCharsets.UTF_8));

    assertThat(file).hasContent("whole");
  }

  @Test
  void isForItsOwnersEyesOnly() throws IOException {
    Path file = directory.resolve("file");
    WholeFile.write(file, new byte[1]);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void leavesTheOldOneWhereTheNewOneCannotBeWritten() throws IOException {
    Path file = directory.resolve("file");
    WholeFile.write(file, "old".getBytes(StandardCharsets.UTF_8));
    Files.createDirectory(directory.resolve("file.new"));

    assertThatThrownBy(() -> WholeFile.write(file, new byte[9])).isInstanceOf(IOException.class);
    assertThat(file).hasContent("old");
  }
}
