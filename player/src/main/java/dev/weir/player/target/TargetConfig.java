package dev.weir.player.target;

import dev.weir.config.Variants;
import java.time.Duration;

/**
 * What stands under {@code target:}, a record that each target nests. To add a target, write its
 * class with the record and a {@link TargetType}, and name the type in
 * {@code META-INF/services/dev.weir.player.target.TargetType}.
 */
@Variants(TargetType.class)
public interface TargetConfig {
  /** The longest that one attempt takes. */
  Duration timeout();

  /** Builds the target; touches nothing yet. */
  Target open(TargetContext context);
}
