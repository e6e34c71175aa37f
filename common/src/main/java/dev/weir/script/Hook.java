package dev.weir.script;

import dev.weir.capture.Capture;
import dev.weir.unit.BucketName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One capture in, zero or more out. Bounded in time, memory and output; never throws. One thread's
 * own.
 */
public interface Hook extends AutoCloseable {
  /** Keeps every capture as it is. */
  Hook NONE = capture -> Result.Kept.unchanged(capture);

  Result run(Capture capture);

  /** {@link #run(Capture)} with what is known of the capture beside itself. */
  default Result run(Capture capture, Origin origin) {
    return run(capture);
  }

  @Override
  default void close() {}

  /**
   * A capture that a hook lets through.
   *
   * @param buckets where it should go; empty: where the source sends its captures
   * @param target the player's target that should take it; null: the replay's own
   * @param delay how long to hold it back
   */
  record Emission(
      Capture capture, Set<BucketName> buckets, @Nullable String target, Duration delay) {
    public Emission {
      buckets = Set.copyOf(buckets);
    }

    public Emission(Capture capture, Set<BucketName> buckets) {
      this(capture, buckets, null, Duration.ZERO);
    }
  }

  /** What a hook decided. */
  sealed interface Result {
    /** Goes on as these: one, changed or not, or several; never none. */
    record Kept(List<Emission> emissions) implements Result {
      public static Kept unchanged(Capture capture) {
        return new Kept(List.of(new Emission(capture, Set.of())));
      }
    }

    /** Filtered, for a reason that is counted. */
    record Dropped(String reason) implements Result {}

    /** The hook erred; {@code message} names file and line. */
    record Failed(String message) implements Result {}
  }
}
