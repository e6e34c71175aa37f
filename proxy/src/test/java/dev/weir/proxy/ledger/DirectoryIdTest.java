package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryIdTest {
  @TempDir
  Path directory;

  private Path data;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  @BeforeEach
  void makeIt() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    Files.createFile(data.resolve("LOCK"));
  }

  @Test
  void staysTheSame() throws IOException {
    assertThat(start(data).value()).isEqualTo(start(data).value());
  }

  @Test
  void staysTheSameWhereTheDirectoryIsMoved() throws IOException {
    String before = start(data).value();
    Path moved = Files.move(data, directory.resolve("moved"));

    assertThat(start(moved).value()).isEqualTo(before);
  }

  @Test
  void isAnotherInACopy() throws IOException {
    String original = start(data).value();
    Path copy = Files.createDirectory(directory.resolve("copy"));
    Files.copy(data.resolve("LOCK"), copy.resolve("LOCK"));
    Files.copy(data.resolve("id"), copy.resolve("id"));

    String copied = start(copy).value();
    assertThat(copied).isNotEqualTo(original).isEqualTo(start(copy).value());
    assertThat(start(data).value()).isEqualTo(original);
  }

  @Test
  void isMadeAnewWhereItCannotBeRead() throws IOException {
    Files.writeString(data.resolve("id"), "garbage");

    assertThat(start(data).value()).isEqualTo(start(data).value());
  }

  @Test
  void startsAfterEveryEarlierStartThoughTheClockGoesBack() throws IOException {
    assertThat(start(data).startedAtMs()).isEqualTo(now.toEpochMilli());
    long first = now.toEpochMilli();
    now = now.minus(Duration.ofHours(1));

    assertThat(start(data).startedAtMs()).isEqualTo(first + 1);
    assertThat(start(data).startedAtMs()).isEqualTo(first + 2);
    now = now.plus(Duration.ofHours(2));
    assertThat(start(data).startedAtMs()).isEqualTo(now.toEpochMilli());
  }

  @Test
  void startsThoughThatCannotBeWrittenDown() throws IOException {
    String before = start(data).value();
    Files.createDirectory(data.resolve("id.new"));

    assertThat(start(data).value()).isEqualTo(before);
  }

  private DirectoryId start(Path folder) throws IOException {
    return DirectoryId.start(folder, () -> now);
  }
}
