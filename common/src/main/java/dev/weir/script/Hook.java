package dev.weir.script;

import dev.weir.capture.Capture;
import dev.weir.unit.BucketName;
import java.util.List;
import java.util.Set;

/**
 * One capture in, zero or more out. Bounded in time, memory and output; never throws. One thread's
 * own.
 */
public interface Hook extends AutoCloseable {
  /** Keeps every capture as it is. */
  Hook NONE = capture -> new Result.Kept(List.of(new Emission(capture, Set.of())));

  Result run(Capture capture);

  @Override
  default void close() {}

  /**
   * A capture that a hook lets through.
   *
   * @param buckets where it should go; empty: where the source sends its captures
   */
  record Emission(Capture capture, Set<BucketName> buckets) {}

  /** What a hook decided. */
  sealed interface Result {
    /** Goes on as these: one, changed or not, or several; never none. */
    record Kept(List<Emission> emissions) implements Result {}

    /** Filtered, for a reason that is counted. */
    record Dropped(String reason) implements Result {}

    /** The hook erred; {@code message} names file and line. */
    record Failed(String message) implements Result {}
  }
}
