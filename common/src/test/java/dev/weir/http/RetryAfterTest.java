package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "' 120 ', 120",
    "999999999, 999999999",
    "'Fri, 02 Jan 2026 03:05:00 GMT', 55",
    "'Fri, 02 Jan 2026 03:00:00 GMT', 0"
  })
  void readsSecondsAndDates(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "+1", "1.5", "9999999999999", "Fri, 32 Jan 2026"})
  void ignoresWhatMakesNoSense(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isNull();
  }

  @Test
  void knowsThatThereIsNone() {
    assertThat(RetryAfter.parse(null, NOW)).isNull();
  }
}
