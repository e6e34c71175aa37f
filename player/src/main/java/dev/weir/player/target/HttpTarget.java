package dev.weir.player.target;

import dev.weir.config.Default;
import dev.weir.unit.Origin;
import java.time.Duration;

/** Replays to a site. */
public final class HttpTarget {
  private HttpTarget() {}

  /** {@code type: http}. */
  public static final class Type implements TargetType {
    @Override
    public String type() {
      return "http";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: http}.
   *
   * @param keepHost sends the captured {@code Host} instead of the target's
   * @param allowUnsafeMethods replays more than GET, HEAD, OPTIONS and TRACE to a site that is not
   *     this machine
   * @param staging says that the site is there to be changed: allows unsafe methods too
   */
  public record Config(
      Origin to,
      @Default("10s") Duration timeout,
      @Default("false") boolean keepHost,
      @Default("false") boolean allowUnsafeMethods,
      @Default("false") boolean staging)
      implements TargetConfig {

    /** Whether requests that may change something may be replayed. */
    public boolean mayChange() {
      return to.isLoopback() || allowUnsafeMethods || staging;
    }

    @Override
    public Target open(TargetContext context) {
      throw new UnsupportedOperationException("http");
    }
  }
}
