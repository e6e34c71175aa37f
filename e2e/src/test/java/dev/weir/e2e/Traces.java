package dev.weir.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a text has left on a disk that roles are writing to. */
final class Traces {
  private Traces() {}

  /** The files below a folder that hold the text. */
  static Set<String> of(String text, Path folder) throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (content.contains(text)) {
          found.add(file.getFileName().toString());
        }
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      return of(text, folder); // one went away under the walk
    }
    return found;
  }
}
