package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.weir.unit.GroupName;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which dead captures of a bucket somebody means, a page at a time; what is null restricts nothing.
 *
 * @param group whose
 * @param number this one alone
 * @param reason a part of the reason, in which {@code *} stands for any text
 * @param status the last HTTP status, such as {@code 500} or {@code 5xx}
 * @param method the request's
 * @param path the request's, without its query; {@code *} stands for any text
 * @param olderThanMs dead for so long or longer
 * @param newerThanMs dead for no longer
 * @param after only those with a higher number
 * @param through only those with this number or a lower one
 * @param max so many at most, {@link #MOST} at the most
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadQuery(
    @Nullable GroupName group,
    @Nullable Long number,
    @Nullable String reason,
    @Nullable String status,
    @Nullable String method,
    @Nullable String path,
    @Nullable Long olderThanMs,
    @Nullable Long newerThanMs,
    long after,
    @Nullable Long through,
    int max) {
  /** A page has no more. */
  public static final int MOST = 500;

  private static final Pattern STATUS = Pattern.compile("\\d{1,3}|[1-5]xx");

  public DeadQuery {
    if (max < 1 || max > MOST) {
      throw new IllegalArgumentException("max is 1 to " + MOST + ", not " + max);
    }
    if (status != null && !STATUS.matcher(status).matches()) {
      throw new IllegalArgumentException(
          "status is one such as 500 or 5xx, not \"" + status + "\"");
    }
  }

  /** The one of this number. */
  public static DeadQuery of(long number) {
    return new DeadQuery(null, number, null, null, null, null, null, null, 0, null, 1);
  }

  /**
   * Another page of what this means, asked for {@code later}: what was dead for an hour is so for
   * longer then.
   */
  public DeadQuery page(long from, @Nullable Long end, int most, Duration later) {
    return new DeadQuery(
        group,
        number,
        reason,
        status,
        method,
        path,
        aged(olderThanMs, later),
        aged(newerThanMs, later),
        from,
        end,
        most);
  }

  private static @Nullable Long aged(@Nullable Long ms, Duration later) {
    return ms == null ? null : Long.valueOf(ms + later.toMillis());
  }
}
