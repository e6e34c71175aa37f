package dev.weir.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The machine's wall clock, which may jump. */
public final class WallClock {
  /**
   * For tests, the system property {@code weir.clock} names a file that says how wrong the clock
   * is: a duration such as {@code -PT1H}. It is read each time.
   */
  public static final InstantSource SYSTEM = of(System.getProperty("weir.clock", ""));

  private WallClock() {}

  static InstantSource of(String error) {
    return error.isEmpty() ? InstantSource.system() : () -> wrong(Path.of(error));
  }

  private static Instant wrong(Path error) {
    try {
      return Instant.now().plus(Duration.parse(Files.readString(error).strip()));
    } catch (IOException e) {
      return Instant.now(); // nobody has set it wrong yet
    }
  }
}
