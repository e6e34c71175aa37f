package dev.weir.proxy.ledger;

import dev.weir.capture.RunId;
import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who keeps books in a data directory: a random id, made once, so that counters keep their owner. A
 * copy of the directory is somebody else, or what it has in common with the original would count
 * twice. A copy is known by its lock file, which is another file than the one that was there when
 * the id was made; a directory that was only moved within its file system stays who it is.
 *
 * @param startedAtMs when its present process started, in milliseconds since 1970; after every
 *     earlier start, whatever the clock says
 */
public record DirectoryId(String value, long startedAtMs) {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryId.class);

  /** {@code id lock-file started-at}. */
  private static final Pattern FORM = Pattern.compile("(\\S+) (\\S+) (\\d{1,18})\\s*");

  /** Writes down that it starts. A full disk keeps only a new directory from that. */
  public static DirectoryId start(Path data, InstantSource clock) throws IOException {
    Path file = data.resolve("id");
    String lock = lock(data);
    String value = RunId.random().value();
    long startedAt = clock.millis();
    Matcher known = FORM.matcher(read(file));
    if (known.matches() && known.group(2).equals(lock)) {
      value = known.group(1);
      startedAt = Math.max(startedAt, Long.parseLong(known.group(3)) + 1);
    }
    String line = value + " " + lock + " " + startedAt + "\n";
    try {
      WholeFile.write(file, line.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      if (!known.matches()) {
        throw e;
      }
      LOG.warn("{} does not say that this process started: {}", file, e.toString());
    }
    return new DirectoryId(value, startedAt);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** What tells a file from its copy; no device: its number may be another after a boot. */
  private static String lock(Path data) throws IOException {
    Path lock = data.resolve("LOCK");
    Path file = Files.exists(lock) ? lock : data;
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey() == null
        ? "-"
        : String.valueOf(Files.getAttribute(file, "unix:ino"));
  }
}
