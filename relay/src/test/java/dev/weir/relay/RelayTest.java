package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.http.MetricsPage;
import dev.weir.wire.Json;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import dev.weir.wire.Stored;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {
  private final RunId run = RunId.random();

  @TempDir
  private Path data;

  private TestRelay relay;

  @BeforeEach
  void start() {
    relay = TestRelay.start(data);
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void leasesWhatWasShippedAndForgetsWhatWasDelivered() throws Exception {
    Stored stored = relay.ship("shop", run, 0, "a", "b", "c");
    assertThat(stored.storedThrough()).isEqualTo(3);

    TestRelay.Leased leased = relay.lease("shop", 10, 0);
    assertThat(leased.captures())
        .extracting(LeasedCapture::id)
        .containsExactly(new CaptureId(run, 1), new CaptureId(run, 2), new CaptureId(run, 3));
    assertThat(leased.captures()).extracting(LeasedCapture::attempt).containsOnly(1);

    long first = leased.captures().get(0).offset();
    int status = relay.settle(leased.id(), TestRelay.delivered(first, first + 2));
    assertThat(status).isEqualTo(200);
    assertThat(relay.lease("shop", 10, 0).captures()).isEmpty();
  }

  @Test
  void takesABatchOnceHoweverOftenItComes() throws Exception {
    relay.ship("shop", run, 0, "a", "b");
    Stored again = relay.ship("shop", run, 0, "a", "b");
    assertThat(again).extracting(Stored::storedThrough, Stored::duplicates).containsExactly(2L, 2L);
    assertThat(relay.lease("shop", 10, 0).captures()).hasSize(2);
  }

  @Test
  void endsALongPollWhenACaptureComes() throws Exception {
    var poll = relay.leaseLater("shop", 10, 20_000);
    relay.ship("shop", run, 0, "a");
    assertThat(poll.get().captures()).hasSize(1);
  }

  @Test
  void settlesAsThePlayerSays() throws Exception {
    relay.ship("shop", run, 0, "a", "b", "c");
    TestRelay.Leased leased = relay.lease("shop", 10, 0);
    long first = leased.captures().get(0).offset();
    relay.settle(
        leased.id(),
        new Settlement(
            List.of(),
            List.of(new Settlement.Refusal(first, "not wanted")),
            List.of(new Settlement.Retry(first + 1, 0, "503")),
            List.of(new Settlement.Dead(first + 2, "400", 400, null)),
            List.of(),
            true));
    TestRelay.Leased next = relay.lease("shop", 10, 0);
    assertThat(next.captures()).extracting(LeasedCapture::attempt).containsExactly(2);
    assertThat(next.captures().get(0).offset()).isEqualTo(first + 1);
  }

  @Test
  void balances() throws Exception {
    relay.ship("shop", run, 0, "a", "b", "c");
    TestRelay.Leased leased = relay.lease("shop", 1, 0);
    relay.settle(leased.id(), TestRelay.delivered(1, 1));
    Awaitility.await().untilAsserted(() -> {
      JsonNode stats = Json.MAPPER.readTree(relay.get("/v1/stats"));
      assertThat(stats.get("delivered").asLong()).isEqualTo(1);
      assertThat(stats.get("waiting").asLong()).isEqualTo(2);
      assertThat(stats.get("imbalance").asLong()).isZero();
    });
    assertThat(relay.get("/")).contains("<caption>Buckets</caption>", "shop");
    assertThat(relay.get("/metrics"))
        .contains(
            "weir_ledger_imbalance 0.0",
            "weir_bucket_stored_captures_total{bucket=\"shop\"} 3.0",
            "weir_group_waiting_captures{bucket=\"shop\",group=\"default\"} 2.0");
  }

  @Test
  void explainsEveryMetric() throws Exception {
    relay.ship("shop", run, 0, "a");
    relay.lease("shop", 1, 0);
    MetricsPage.explains("Relay", relay.get("/metrics"));
  }
}
