package dev.weir.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HttpTokenTest {
  @Test
  void hasNoBlankNoDelimiterAndNothingBeyondAscii() {
    assertThat(HttpToken.is("!#$%&'*+-.^_`|~09azAZ")).isTrue();
    for (String no :
        new String[] {"", " ", "a b", "a:", "a/b", "\"a\"", "a\t", "a\u007f", "ä", "\u0161"}) {
      assertThat(HttpToken.is(no)).as(no).isFalse();
    }
    assertThat(HttpToken.fits((byte) 0xe4)).isFalse();
  }
}
