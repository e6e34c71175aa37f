package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusRuleTest {
  private final StatusRule rule = new StatusRule(InstantSource.fixed(Attempts.AT));

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 304, 400, 401, 404, 409, 418, 424, 426, 428, 451})
  void takesAnAnswerForADelivery(int status) {
    Response answer = answer(status, Headers.NONE);

    assertThat(rule.judge(answer)).isEqualTo(new Delivered(answer));
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 501, 502, 503, 504, 599})
  void triesAgainWhatMayGoBetter(int status) {
    Response answer = answer(status, Headers.NONE);

    assertThat(rule.judge(answer)).isEqualTo(new Retry("it answered " + status, null, answer));
  }

  @Test
  void obeysRetryAfterAsSecondsAndAsDate() {
    assertThat(after("Retry-After", "120")).isEqualTo(Duration.ofMinutes(2));
    assertThat(after("retry-after", "Fri, 02 Jan 2026 03:05:05 GMT"))
        .isEqualTo(Duration.ofMinutes(1).minusNanos(6));
  }

  private Duration after(String... field) {
    return ((Retry) rule.judge(answer(503, Headers.of(field)))).after();
  }

  private static Response answer(int status, Headers headers) {
    return new Response(status, "HTTP/1.1", headers, Body.EMPTY, Headers.NONE, Duration.ZERO);
  }
}
