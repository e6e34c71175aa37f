package dev.weir.config;

import dev.weir.unit.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that a listener of one right accepts: who has one may do all that there is to do. Several
 * of one name may live at once, so that one can be replaced without a gap.
 *
 * @param expires from then on it is no token any more; null: never
 */
public record AccessToken(
    String name, Sha256 sha256, @Nullable Instant expires) {}
