package dev.weir.e2e.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Copies of data directories. */
final class Copies {
  private Copies() {}

  static void copy(Path from, Path to) throws IOException {
    for (Path file : below(from)) {
      Files.copy(file, to.resolve(from.relativize(file)));
    }
  }

  /** Puts a copy in the place of what is there. */
  static void restore(Path copy, Path place) throws IOException {
    for (Path file : below(place).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(file);
    }
    Files.move(copy, place);
  }

  private static List<Path> below(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.toList();
    }
  }
}
