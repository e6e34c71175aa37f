package dev.weir.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CaptureCodecTest {
  @Test
  void keepsEveryPartOfACapture() throws Exception {
    assertThat(CaptureCodec.decode(CaptureCodec.encode(Captures.full())))
        .isEqualTo(Captures.full());
  }

  @Test
  void keepsACaptureWithNothingOptional() throws Exception {
    assertThat(CaptureCodec.decode(CaptureCodec.encode(Captures.get("/"))))
        .isEqualTo(Captures.get("/"));
  }

  @Test
  void writesAndReadsTheBytesOfTheFixture() throws Exception {
    byte[] fixture = fixture("capture-full.cbor");

    assertThat(CaptureCodec.decode(fixture)).isEqualTo(Captures.full());
    assertThat(CaptureCodec.encode(Captures.full())).isEqualTo(fixture);
  }

  @Test
  void skipsKeysThatItDoesNotKnow() throws Exception {
    // as the fixture, with "future": [1, {"deep": true}] before everything else
    assertThat(CaptureCodec.decode(fixture("capture-from-the-future.cbor")))
        .isEqualTo(Captures.get("/"));
  }

  @Test
  void saysWhereGarbageBegins() {
    assertThatThrownBy(() -> CaptureCodec.decode(new byte[] {(byte) 0xff, 1, 2}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at byte");
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> CaptureCodec.decode(new byte[] {(byte) 0xa0}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("no kind");
  }

  @Test
  void refusesTwoItems() {
    byte[] one = CaptureCodec.encode(Captures.get("/"));
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);

    assertThatThrownBy(() -> CaptureCodec.decode(two))
        .hasMessage("more than one item at byte " + (one.length + 1));
  }

  @Test
  void answersEveryCutWithAnError() {
    byte[] whole = CaptureCodec.encode(Captures.full());
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> CaptureCodec.decode(cut)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void refusesATextThatIsNotUtf8() throws Exception {
    byte[] bytes = fixture("capture-full.cbor");
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("x-twice");
    bytes[name + 2] = (byte) 0xf4; // Jackson takes the next three bytes for the rest, as they are
    assertThatThrownBy(() -> CaptureCodec.decode(bytes))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void neverCrashesOnDamage() {
    Random random = new Random(20260102);
    byte[] whole = CaptureCodec.encode(Captures.full());
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        CaptureCodec.decode(damaged);
      } catch (MalformedException e) {
        refused++;
        assertThat(e.offset()).isBetween(0L, (long) damaged.length);
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(
        CaptureCodecTest.class.getResourceAsStream("/fixtures/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
