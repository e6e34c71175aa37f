package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFileTest {
  @TempDir
  Path folder;

  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("new/captures.jsonl");
  }

  @Test
  void goesOnWhereItWasWhenItIsOpenedAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (LineFile file = file(1000, 3, LineFile.Write.ALL)) {
        file.append(lines("a" + i, "b" + i));
      }
    }

    assertThat(path).hasContent("a0\nb0\na1\nb1\na2\nb2\n");
  }

  @Test
  void cutsOffAHalfWrittenLine() throws IOException {
    String longLine = "x".repeat(200_000);
    for (String half : List.of("{\"id\": \"hal", longLine)) {
      Files.createDirectories(path.getParent());
      Files.writeString(path, "one\ntwo\n" + half);
      try (LineFile file = file(1 << 20, 3, LineFile.Write.ALL)) {
        file.append(lines("three"));
      }

      assertThat(path).hasContent("one\ntwo\nthree\n");
    }
  }

  @Test
  void startsAnewWhereThereIsNoWholeLine() throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "half");

    try (LineFile file = file(1000, 3, LineFile.Write.ALL)) {
      file.append(lines("one"));
    }

    assertThat(path).hasContent("one\n");
  }

  @Test
  void makesWayWhenItIsFullAndKeepsSoManyFiles() throws IOException {
    try (LineFile file = file(6, 3, LineFile.Write.ALL)) {
      for (int i = 0; i < 9; i++) {
        file.append(lines("l" + i));
      }
    }

    assertThat(path).hasContent("l8\n");
    assertThat(path.resolveSibling("captures.jsonl.1")).hasContent("l6\nl7\n");
    assertThat(path.resolveSibling("captures.jsonl.2")).hasContent("l4\nl5\n");
    try (var files = Files.list(path.getParent())) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void keepsOneFileWhereOneIsAllowed() throws IOException {
    try (LineFile file = file(3, 1, LineFile.Write.ALL)) {
      file.append(lines("l0"));
      file.append(lines("l1"));
    }

    assertThat(path).hasContent("l1\n");
  }

  @Test
  void undoesAWriteThatFailsHalfway() throws IOException {
    boolean[] full = {false};
    LineFile.Write disk = (to, bytes) -> {
      if (full[0]) {
        to.write(bytes.slice(0, bytes.remaining() / 2));
        throw new IOException("No space left on device");
      }
      LineFile.Write.ALL.write(to, bytes);
    };
    try (LineFile file = file(1000, 3, disk)) {
      file.append(lines("one"));
      full[0] = true;
      assertThatThrownBy(() -> file.append(lines("two", "three")))
          .hasMessage("No space left on device");
      assertThat(path).hasContent("one\n");
      full[0] = false;
      file.append(lines("four"));
    }

    assertThat(path).hasContent("one\nfour\n");
  }

  @Test
  void refusesAFileThatSomebodyElseWrites() throws IOException {
    try (LineFile first = file(1000, 3, LineFile.Write.ALL);
        LineFile second = file(1000, 3, LineFile.Write.ALL)) {
      first.open();

      assertThatThrownBy(second::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is being written by another replay of this player");
    }
  }

  private LineFile file(long maxBytes, int maxFiles, LineFile.Write write) {
    return new LineFile(path, new ByteSize(maxBytes), maxFiles, write);
  }

  private static List<byte[]> lines(String... lines) {
    return Arrays.stream(lines)
        .map(line -> (line + "\n").getBytes(StandardCharsets.UTF_8))
        .toList();
  }
}
