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
          .contains("the bucket is paused as a whole, and with it group \\\"default\\\"");
      assertThat(relay.lease("shop", 1, 0).captures()).isEmpty();
      assertThat(order(relay, "resume", "{}")).startsWith("200 ");
      assertThat(relay.lease("shop", 1, 1_000).captures()).hasSize(1);
    }
  }

  @Test
  void refusesAnOrderForNoGroupThatThereIs() throws Exception {
    try (TestRelay relay = TestRelay.start(data)) {
      relay.ship("shop", RunId.random(), 0, "a");
      String unknown = "{\"group\": \"typo\", \"dryRun\": true}";
      assertThat(order(relay, "pause", unknown)).startsWith("404 ").contains("typo");
      assertThat(order(relay, "resume", unknown)).startsWith("404 ").contains("typo");
      assertThat(order(relay, "rewind", "{}")).startsWith("400 ").contains("the one to rewind");
      assertThat(order(relay, "forget", "{}")).startsWith("400 ").contains("the one to forget");
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
