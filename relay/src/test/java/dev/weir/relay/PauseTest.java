package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseTest {
  @TempDir
  Path data;

  @Test
  void saysThatABucketIsPausedAsAWhole() throws Exception {
    try (TestRelay relay = TestRelay.start(data)) {
      relay.ship("shop", RunId.random(), 0, "a");
      assertThat(order(relay, "pause", "{}")).startsWith("200 ");
      assertThat(order(relay, "resume", "{\"group\": \"default\"}"))
          .startsWith("409 ")
          .contains("group \\\"default\\\" is not paused any more, but its bucket is");
      assertThat(relay.lease("shop", 1, 0).captures()).isEmpty();
      assertThat(order(relay, "resume", "{}")).startsWith("200 ");
      assertThat(relay.lease("shop", 1, 1_000).captures()).hasSize(1);
    }
  }

  private static String order(TestRelay relay, String order, String body) throws Exception {
    okhttp3.Request request = relay
        .postAdmin("/v1/buckets/shop/" + order, body.getBytes(StandardCharsets.UTF_8))
        .build();
    try (Response response = relay.client().newCall(request).execute()) {
      return response.code() + " " + response.body().string();
    }
  }
}
