package dev.weir.relay.fleet;

import dev.weir.http.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A token that this relay knows, without the token.
 *
 * @param sha256 the first digits: enough to tell two of one name apart
 * @param usedMs how long ago it was last shown; null: not since this relay began to know it
 * @param expiresMs in how long it ends; negative: it has ended; null: never
 */
public record TokenRow(
    String name,
    String sha256,
    SortedSet<String> roles,
    @Nullable Long usedMs,
    @Nullable Long expiresMs) {
  private static final Duration SOON = Duration.ofDays(7);

  static TokenRow of(Tokens.Use use, Instant now) {
    Tokens.Token token = use.token();
    Instant used = use.lastUsed();
    Instant expires = token.expires();
    return new TokenRow(
        token.name(),
        token.sha256().brief(),
        new TreeSet<>(token.roles()),
        used == null ? null : Math.max(0, Duration.between(used, now).toMillis()),
        expires == null ? null : Duration.between(now, expires).toMillis());
  }

  /** Whether it has ended, or will within days. */
  public boolean endsSoon() {
    return expiresMs != null && expiresMs < SOON.toMillis();
  }

  /** When it ends, in words. */
  public String end() {
    if (expiresMs == null) {
      return "never";
    }
    return expiresMs < 0
        ? "expired " + Spoken.millis(-expiresMs) + " ago"
        : "expires in " + Spoken.millis(expiresMs);
  }
}
