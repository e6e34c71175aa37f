package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir
  Path folder;

  @Test
  void isItsOwnersAlone() throws Exception {
    Path path = folder.resolve("a/b");
    try (DataDirectory data = DataDirectory.open(path)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
      assertThat(data).isNotNull();
    }
  }

  @Test
  void namesTheProcessThatHasIt() throws Exception {
    try (DataDirectory first = DataDirectory.open(folder)) {
      assertThatThrownBy(() -> DataDirectory.open(folder))
          .isInstanceOf(IOException.class)
          .hasMessage("data directory " + folder + " is in use by process "
              + ProcessHandle.current().pid());
      assertThat(first).isNotNull();
    }
  }

  @Test
  void isFreeAgainOnceClosed() throws Exception {
    DataDirectory.open(folder).close();

    DataDirectory.open(folder).close();
  }
}
