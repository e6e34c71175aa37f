package dev.weir.player.target;

import dev.weir.config.Variants;
import java.io.IOException;
import java.time.Duration;

/**
 * What stands under {@code target:}, a record that each target nests. To add a target, write its
 * class with the record and a {@link TargetType}, and name the type in
 * {@code META-INF/services/dev.weir.player.target.TargetType}.
 */
@Variants(TargetType.class)
public interface TargetConfig {
  /** What people call it, such as {@code http://staging:3000}. */
  String label();

  /** The longest that one attempt takes. */
  Duration timeout();

  /** Whether requests whose method is not safe (RFC 9110, section 9.2.1) may be delivered there. */
  default boolean mayChange() {
    return true;
  }

  /** @throws IOException if it cannot serve, now or ever; the message says what to change */
  Target open(TargetContext context) throws IOException;
}
