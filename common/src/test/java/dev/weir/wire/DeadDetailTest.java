package dev.weir.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadDetailTest {
  private static String shown(byte[] answer) {
    return new DeadDetail(null, answer, null).readable().toString();
  }

  @Test
  void showsAnAnswerThatIsTextAsText() {
    assertThat(shown("no such \u20ac".getBytes(UTF_8)))
        .isEqualTo("{\"answer\":\"no such \u20ac\"}");
    assertThat(shown(new byte[] {(byte) 0xff})).isEqualTo("{\"answerBase64\":\"/w==\"}");
    assertThat(shown(null)).isEqualTo("{}");
  }
}
