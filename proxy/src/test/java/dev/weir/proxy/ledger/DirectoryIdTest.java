package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryIdTest {
  @TempDir
  Path directory;

  private Path data;

  @BeforeEach
  void makeIt() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    Files.createFile(data.resolve("LOCK"));
  }

  @Test
  void staysTheSame() throws IOException {
    assertThat(DirectoryId.of(data)).isEqualTo(DirectoryId.of(data));
  }

  @Test
  void staysTheSameWhereTheDirectoryIsMoved() throws IOException {
    DirectoryId before = DirectoryId.of(data);
    Path moved = Files.move(data, directory.resolve("moved"));

    assertThat(DirectoryId.of(moved)).isEqualTo(before);
  }

  @Test
  void isAnotherInACopy() throws IOException {
    DirectoryId original = DirectoryId.of(data);
    Path copy = Files.createDirectory(directory.resolve("copy"));
    Files.copy(data.resolve("LOCK"), copy.resolve("LOCK"));
    Files.copy(data.resolve("id"), copy.resolve("id"));

    DirectoryId copied = DirectoryId.of(copy);
    assertThat(copied).isNotEqualTo(original).isEqualTo(DirectoryId.of(copy));
    assertThat(DirectoryId.of(data)).isEqualTo(original);
  }

  @Test
  void isMadeAnewWhereItCannotBeRead() throws IOException {
    Files.writeString(data.resolve("id"), "");

    assertThat(DirectoryId.of(data)).isEqualTo(DirectoryId.of(data));
  }
}
