package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * No fault but a look, after all that happened to a player with a file target: what came to the
 * other target must stand in the files, each line whole.
 */
public final class LinesKept implements Fault {
  private static final Pattern NUMBER = Pattern.compile("\"/numbered/\\d+/(\\d+)\"");

  private long highest;

  @Override
  public String name() {
    return "files read";
  }

  @Override
  public Cost cost() {
    return Cost.NOTHING;
  }

  @Override
  public void begin(Line line) {
    highest = line.target().highest();
  }

  @Override
  public boolean hasHappened(Line line) throws IOException {
    Set<Long> kept = new HashSet<>();
    try {
      for (Path file : files(line)) {
        String text = Files.readString(file);
        for (String one : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
          kept.add(number(one));
        }
      }
    } catch (NoSuchFileException e) {
      return false; // it got another name meanwhile
    }
    return LongStream.rangeClosed(0, highest)
        .allMatch(number -> !line.target().saw(number) || kept.contains(number));
  }

  private static long number(String line) throws IOException {
    Json.read(line.getBytes(StandardCharsets.UTF_8), Map.class); // whole
    Matcher number = NUMBER.matcher(line);
    if (!number.find()) {
      throw new IOException("nobody sent " + line);
    }
    return Long.parseLong(number.group(1));
  }

  private static List<Path> files(Line line) throws IOException {
    try (Stream<Path> found = Files.list(line.data(Role.PLAYER))) {
      return found
          .filter(file -> file.getFileName().toString().startsWith("lines.jsonl"))
          .toList();
    }
  }

  @Override
  public void end(Line line) {}
}
