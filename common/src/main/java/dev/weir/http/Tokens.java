package dev.weir.http;

import dev.weir.unit.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens that a listener accepts (RFC 6750), known by their SHA-256 only. A browser may
 * send one as the password of basic authentication (RFC 7617), with any user name. Thread-safe.
 */
public final class Tokens {
  /** No tokens: everybody may do everything. For loopback only. */
  public static final Tokens NONE = new Tokens(List.of(), InstantSource.system());

  /** A role that every known token has. */
  public static final String ANY_ROLE = "any";

  private static final String EVERYTHING = "*";
  private static final long NEVER = Long.MIN_VALUE;

  private static final Token ANYBODY =
      new Token("anybody", Sha256.of(""), Set.of(EVERYTHING), null);

  /** Somebody without a token, where none is needed. */
  static final Token STRANGER = new Token("stranger", Sha256.of(""), Set.of(), null);

  private final InstantSource clock;
  private volatile List<Known> known;

  /** A token, and when it was last shown here, in milliseconds of the wall clock. */
  private record Known(Token token, AtomicLong lastUsed) {}

  public Tokens(List<Token> tokens, InstantSource clock) {
    this.clock = clock;
    this.known =
        tokens.stream().map(token -> new Known(token, new AtomicLong(NEVER))).toList();
  }

  /**
   * Somebody who may call. Several of one name may live at once, so that one can be replaced.
   *
   * @param sha256 of the token's text
   * @param roles such as {@code read}, {@code ship:shop} or {@code ship:*}
   * @param expires from then on nobody knows it; null: never
   */
  public record Token(
      String name,
      Sha256 sha256,
      Set<String> roles,
      @Nullable Instant expires) {
    public Token {
      roles = Set.copyOf(roles);
    }

    /** Whether this may act in {@code role}: {@code ship:*} stands for every {@code ship:…}. */
    public boolean may(String role) {
      int colon = role.indexOf(':');
      return roles.contains(EVERYTHING)
          || role.equals(ANY_ROLE)
          || roles.contains(role)
          || (colon > 0 && roles.contains(role.substring(0, colon) + ":*"));
    }
  }

  /** @param lastUsed null: not since this process knows the token */
  public record Use(Token token, @Nullable Instant lastUsed) {}

  /** By the clock that tokens expire by. */
  public Instant now() {
    return clock.instant();
  }

  /** Whether a call without a token is served. */
  public boolean openToAll() {
    return known.isEmpty();
  }

  /** Every token and its last use, in the order of the configuration. */
  public List<Use> uses() {
    return known.stream()
        .map(each -> {
          long at = each.lastUsed().get();
          return new Use(each.token(), at == NEVER ? null : Instant.ofEpochMilli(at));
        })
        .toList();
  }

  /** From now on these and no others; what is still among them keeps its last use. */
  public synchronized void replace(List<Token> tokens) {
    List<Known> next = new ArrayList<>();
    for (Token token : tokens) {
      AtomicLong lastUsed = known.stream()
          .filter(each -> each.token().sha256().equals(token.sha256()))
          .map(Known::lastUsed)
          .findFirst()
          .orElseGet(() -> new AtomicLong(NEVER));
      next.add(new Known(token, lastUsed));
    }
    known = List.copyOf(next);
  }

  /**
   * Who sent this {@code Authorization} header; null if nobody who is known. Takes the same time
   * whichever token it is, and whether there is one.
   */
  public @Nullable Token holderOf(@Nullable String authorization) {
    List<Known> candidates = known;
    if (candidates.isEmpty()) {
      return ANYBODY;
    }
    String text = authorization == null ? null : tokenIn(authorization);
    if (text == null) {
      return null;
    }
    Sha256 shown = Sha256.of(text);
    Known found = null;
    for (Known each : candidates) {
      if (shown.is(each.token().sha256())) {
        found = each;
      }
    }
    return found == null ? null : used(found);
  }

  private @Nullable Token used(Known found) {
    Instant now = clock.instant();
    Instant expires = found.token().expires();
    if (expires != null && !now.isBefore(expires)) {
      return null;
    }
    found.lastUsed().lazySet(now.toEpochMilli());
    return found.token();
  }

  private static @Nullable String tokenIn(String authorization) {
    int space = authorization.indexOf(' ');
    if (space < 0) {
      return null;
    }
    String rest = authorization.substring(space + 1).strip();
    return switch (authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> rest;
      case "basic" -> password(rest);
      default -> null;
    };
  }

  private static @Nullable String password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? null : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null; // not base64: nobody
    }
  }
}
