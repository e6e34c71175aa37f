package dev.weir.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens that a listener accepts (RFC 6750), known by their SHA-256 only. A browser may
 * send one as the password of basic authentication (RFC 7617), with any user name.
 */
public final class Tokens {
  /** No tokens: everybody may do everything. For loopback only. */
  public static final Tokens NONE = new Tokens(List.of());

  /** A role that every known token has. */
  public static final String ANY_ROLE = "any";

  private static final String EVERYTHING = "*";

  private static final Token ANYBODY = new Token("anybody", new byte[0], Set.of(EVERYTHING));

  /** Somebody without a token, where none is needed. */
  static final Token STRANGER = new Token("stranger", new byte[0], Set.of());

  private final List<Token> tokens;

  public Tokens(List<Token> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  /**
   * Somebody who may call. Several of one name may live at once, so that one can be replaced.
   *
   * @param sha256 of the token's text in UTF-8
   * @param roles such as {@code read}, {@code ship:shop} or {@code ship:*}
   */
  public record Token(String name, byte[] sha256, Set<String> roles) {
    public Token {
      roles = Set.copyOf(roles);
    }

    /** @param sha256 64 hexadecimal digits */
    public static Token of(String name, String sha256, Set<String> roles) {
      return new Token(name, HexFormat.of().parseHex(sha256.toLowerCase(Locale.ROOT)), roles);
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

  /** Whether a call without a token is served. */
  public boolean openToAll() {
    return tokens.isEmpty();
  }

  /**
   * Who sent this {@code Authorization} header; null if nobody who is known. Takes the same time
   * whichever token it is, and whether there is one.
   */
  public @Nullable Token holderOf(@Nullable String authorization) {
    if (tokens.isEmpty()) {
      return ANYBODY;
    }
    String text = authorization == null ? null : tokenIn(authorization);
    if (text == null) {
      return null;
    }
    byte[] digest = sha256(text);
    Token found = null;
    for (Token token : tokens) {
      if (MessageDigest.isEqual(digest, token.sha256())) {
        found = token;
      }
    }
    return found;
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

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
