package dev.weir.relay;

import dev.weir.config.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a bucket keeps what every group has had: {@code until-delivered}, or a time such as
 * {@code 7d}, so that it can be replayed again.
 *
 * @param time null: until delivered
 */
public record Keep(@Nullable Duration time) {
  public static final Keep UNTIL_DELIVERED = new Keep(null);

  /** @throws IllegalArgumentException if the text is neither */
  public static Keep parse(String text) {
    if (text.equals("until-delivered")) {
      return UNTIL_DELIVERED;
    }
    try {
      return new Keep(Durations.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not until-delivered and not a time such as 7d", e);
    }
  }

  @Override
  public String toString() {
    return time == null ? "until-delivered" : Durations.format(time);
  }
}
