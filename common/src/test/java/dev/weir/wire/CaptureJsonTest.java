package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.capture.MalformedException;
import org.junit.jupiter.api.Test;

class CaptureJsonTest {
  @Test
  void losesNothing() throws Exception {
    for (Capture capture :
        new Capture[] {Captures.full(), Captures.get("/"), Captures.post("/", "\u0000\u20ac")}) {
      JsonNode read = Json.MAPPER.readTree(Json.write(CaptureJson.write(capture)));

      assertThat(CaptureJson.readCapture(read)).isEqualTo(capture);
    }
  }

  @Test
  void canBeReadByPeople() {
    ObjectNode written = CaptureJson.write(Captures.post("/a?b", "hello"));

    assertThat(written)
        .hasToString(
            "{\"source\":\"shop\",\"kind\":\"http\",\"at\":\"2026-01-02T03:04:05.000000006Z\","
                + "\"session\":\"c-1\",\"request\":{\"method\":\"POST\",\"scheme\":\"http\","
                + "\"authority\":\"shop.example\",\"target\":\"/a?b\",\"version\":\"HTTP/1.1\","
                + "\"headers\":[[\"Host\",\"shop.example\"]],\"body\":\"hello\","
                + "\"client\":\"192.0.2.7\",\"port\":51234}}");
  }

  @Test
  void saysWhatIsMissing() {
    ObjectNode broken = CaptureJson.write(Captures.get("/"));
    broken.remove("session");

    assertThatThrownBy(() -> CaptureJson.readCapture(broken))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith("no session");
    broken.put("session", "s").put("kind", "fish");
    assertThatThrownBy(() -> CaptureJson.readCapture(broken))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("FISH");
  }
}
