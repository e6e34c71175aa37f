package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.weir.unit.GroupName;
import org.jspecify.annotations.Nullable;

/**
 * What a group of a bucket is to do: pause, resume, go back, give up what waits, be forgotten.
 *
 * @param group null: the whole bucket, where that makes sense
 * @param ageMs what arrived so long ago and since (to go back to), or before (to give up), in
 *     milliseconds; null: all
 * @param dryRun whether to count only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GroupOrder(
    @Nullable GroupName group, @Nullable Long ageMs, boolean dryRun) {
  public GroupOrder {
    if (ageMs != null && ageMs < 0) {
      throw new IllegalArgumentException("ageMs starts at 0, not " + ageMs);
    }
  }

  /**
   * What came of it.
   *
   * @param captures how many it concerns, or would
   */
  public record Done(long captures) {}
}
