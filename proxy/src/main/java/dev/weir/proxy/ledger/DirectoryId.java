package dev.weir.proxy.ledger;

import dev.weir.capture.RunId;
import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Who keeps books in a data directory: a random id, made once, so that counters keep their owner. A
 * copy of the directory is somebody else, or what it has in common with the original would count
 * twice. A copy is known by its lock file, which is another file than the one that was there when
 * the id was made; a directory that was only moved within its file system stays who it is.
 */
record DirectoryId(String value) {
  private static final String NO_KEY = "-";

  static DirectoryId of(Path data) throws IOException {
    Path file = data.resolve("id");
    String key = key(data);
    List<String> known;
    try {
      known = List.of(Files.readString(file).strip().split(" "));
    } catch (NoSuchFileException e) {
      known = List.of();
    }
    if (known.size() == 2 && (known.get(1).equals(key) || key.equals(NO_KEY))) {
      return new DirectoryId(known.get(0));
    }
    String made = RunId.random().value();
    WholeFile.write(file, (made + " " + key + "\n").getBytes(StandardCharsets.US_ASCII));
    return new DirectoryId(made);
  }

  /** What tells a file from its copy; no device: its number may be another after a boot. */
  private static String key(Path data) throws IOException {
    Path lock = data.resolve("LOCK");
    Path file = Files.exists(lock) ? lock : data;
    if (Files.readAttributes(file, BasicFileAttributes.class).fileKey() == null) {
      return NO_KEY;
    }
    return String.valueOf(Files.getAttribute(file, "unix:ino"));
  }
}
