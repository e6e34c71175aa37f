package dev.weir.player.target;

import dev.weir.config.Default;
import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/** Appends captures to a file, one JSON object a line. */
public final class FileTarget {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private FileTarget() {}

  /** {@code type: file}. */
  public static final class Type implements TargetType {
    @Override
    public String type() {
      return "file";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: file}.
   *
   * @param maxBytes a file of this size is closed and the next one begun
   */
  public record Config(Path path, @Default("100MB") ByteSize maxBytes) implements TargetConfig {
    @Override
    public Duration timeout() {
      return TIMEOUT;
    }

    @Override
    public Target open(TargetContext context) {
      throw new UnsupportedOperationException("file");
    }
  }
}
