package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Tokens.Token;
import dev.weir.unit.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final Instant BEGIN = Instant.parse("2026-11-20T08:00:00Z");

  private Instant now = BEGIN;
  private final Tokens tokens =
      new Tokens(List.of(token("web-1", "old"), token("web-1", "new")), () -> now);

  private static Token token(String name, String text) {
    return token(name, text, null);
  }

  private static Token token(String name, String text, @Nullable Instant expires) {
    return new Token(name, Sha256.of(text), Set.of("ship:shop"), expires);
  }

  private @Nullable Token show(String text) {
    return tokens.holderOf("Bearer " + text);
  }

  private @Nullable Instant lastUseOf(int index) {
    return tokens.uses().get(index).lastUsed();
  }

  @Test
  void knowsTwoTokensOfOneNameAndWhenEachWasLastShown() {
    assertThat(show("old")).isNotNull();
    now = BEGIN.plusSeconds(5);
    assertThat(show("new")).isNotNull();
    assertThat(show("another")).isNull();

    assertThat(lastUseOf(0)).isEqualTo(BEGIN);
    assertThat(lastUseOf(1)).isEqualTo(BEGIN.plusSeconds(5));
  }

  @Test
  void knowsOthersFromOneCallToTheNextAndForgetsNoUseOfThoseThatStay() {
    show("old");
    show("new");
    now = BEGIN.plus(Duration.ofHours(1));

    tokens.replace(List.of(token("web-1", "new"), token("web-1", "newest")));

    assertThat(show("old")).isNull();
    assertThat(lastUseOf(0)).isEqualTo(BEGIN);
    assertThat(lastUseOf(1)).as("never shown").isNull();
    assertThat(show("newest")).isNotNull();
    assertThat(lastUseOf(1)).isEqualTo(now);
  }

  @Test
  void knowsATokenUntilItExpires() {
    tokens.replace(List.of(token("guest", "for an hour", BEGIN.plus(Duration.ofHours(1)))));
    now = BEGIN.plus(Duration.ofMinutes(59));
    assertThat(show("for an hour")).isNotNull();
    now = BEGIN.plus(Duration.ofHours(1));
    assertThat(show("for an hour")).isNull();
    assertThat(lastUseOf(0)).isEqualTo(BEGIN.plus(Duration.ofMinutes(59)));
  }
}
