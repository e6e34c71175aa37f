package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProblemTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void tellsTheWordsOfARelayFromThoseOfWhatStandsBetween() {
    assertThat(Problem.errorIn(Json.write(Problem.of("no such bucket"))))
        .isEqualTo("no such bucket");
    assertThat(Problem.errorIn(utf8("<h1>502 Bad Gateway</h1>"))).isNull();
    assertThat(Problem.errorIn(utf8("{\"message\": \"bad gateway\"}"))).isNull();
    assertThat(Problem.errorIn(new byte[0])).isNull();
  }
}
