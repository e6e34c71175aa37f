package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "0ms, PT0S",
    "10s, PT10S",
    "5m, PT5M",
    "2h, PT2H",
    "7d, PT168H",
    "90s, PT90S"
  })
  void readsAndWritesTheSameText(String text, Duration value) {
    assertThat(Durations.parse(text)).isEqualTo(value);
    assertThat(Durations.format(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "1.5s", "-1s", "1w", "10 s s", "PT10S", "99999999999d", "36501d"})
  void refusesWhatIsNotADuration(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }
}
