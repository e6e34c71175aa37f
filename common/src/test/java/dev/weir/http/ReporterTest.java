package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.loop.ManualTicker;
import dev.weir.unit.Origin;
import dev.weir.wire.Json;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import dev.weir.wire.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReporterTest {
  private final MockWebServer relay = new MockWebServer();
  private final ManualTicker ticker = new ManualTicker();
  private Report now = named("a");
  private RelayClient client;
  private Reporter reporter;

  @BeforeEach
  void open() throws IOException {
    relay.start();
    client = RelayClient.open(new RelayConnection(
        new Origin("http", "127.0.0.1", relay.getPort()), new Secret("t"), null));
    reporter = new Reporter(client, () -> now, ticker);
  }

  @AfterEach
  void close() {
    client.close();
    relay.close();
  }

  @Test
  void saysHowItsRoleIs() throws Exception {
    relay.enqueue(answer(200));
    reporter.step();

    RecordedRequest call = relay.takeRequest();
    assertThat(call.getRequestLine()).isEqualTo("POST /v1/reports HTTP/1.1");
    assertThat(call.getHeaders().get("Content-Type")).isEqualTo("application/json");
    assertThat(call.getHeaders().get("Authorization")).isEqualTo("Bearer t");
    assertThat(Json.read(call.getBody().toByteArray(), Report.class)).isEqualTo(now);
  }

  @Test
  void saysItAgainWhenItChangesAndEveryTenSecondsInAnyCase() throws Exception {
    assertThat(reportsOf(() -> {})).isEqualTo(1);
    assertThat(reportsOf(() -> now = named("a"))).isZero();
    assertThat(reportsOf(() -> now = named("b"))).isEqualTo(1);
    assertThat(reportsOf(() -> ticker.advance(Duration.ofMillis(9_999)))).isZero();
    assertThat(reportsOf(() -> ticker.advance(Duration.ofMillis(1)))).isEqualTo(1);
    assertThat(reportsOf(() -> {})).isZero();
  }

  @Test
  void staysSilentWhereOnlyTimePasses() throws Exception {
    now = shipped(1, 5);
    assertThat(reportsOf(() -> {})).isEqualTo(1);
    assertThat(reportsOf(() -> now = shipped(1, 6))).isZero();
    assertThat(reportsOf(() -> now = shipped(2, 6))).isEqualTo(1);
  }

  @Test
  void doesNotSendAgainWhatDidNotArrive() throws Exception {
    relay.enqueue(answer(503));
    reporter.step();
    relay.takeRequest();

    assertThat(reportsOf(() -> {})).isZero();
    assertThat(reportsOf(() -> now = named("b"))).isEqualTo(1);
  }

  @Test
  void livesWithARelayThatIsNotThere() throws Exception {
    relay.close();

    assertThat(reporter.step()).isEqualTo(Duration.ofSeconds(1));
    reporter.close();
  }

  @Test
  void saysAsALastWordThatItHasStopped() throws Exception {
    relay.enqueue(answer(200));
    reporter.step();
    String goingOn = relay.takeRequest().getBody().utf8();
    relay.enqueue(answer(200));
    reporter.close();

    RecordedRequest last = relay.takeRequest(1, TimeUnit.SECONDS);
    assertThat(goingOn).doesNotContain("stopped");
    assertThat(Json.read(last.getBody().toByteArray(), Report.class)).isEqualTo(now.last());
  }

  @Test
  void saysNothingOfARoleThatNeverRan() {
    relay.enqueue(answer(200));
    reporter.close();
    assertThat(relay.getRequestCount()).isZero();
  }

  /** How many reports one step sends after {@code change}. */
  private int reportsOf(Runnable change) throws Exception {
    relay.enqueue(answer(200));
    int before = relay.getRequestCount();
    change.run();
    assertThat(reporter.step()).isEqualTo(Duration.ofSeconds(1));
    return relay.getRequestCount() - before;
  }

  private static MockResponse answer(int status) {
    return new MockResponse.Builder().code(status).build();
  }

  private static Report named(String name) {
    return new Report(null, new PlayerReport(name, "i", "0", 1, List.of()));
  }

  private static Report shipped(long captured, long agoMs) {
    BucketState bucket = new BucketState(
        "shop", captured, captured + 1, 0, 0, 1, new TreeMap<>(), agoMs, "idle", List.of());
    return new Report(
        new ProxyReport(
            "p",
            "i",
            "d",
            "0",
            1,
            captured,
            0,
            0,
            new TreeMap<>(),
            captured,
            0,
            0,
            new TreeMap<>(),
            0,
            captured,
            0,
            List.of(bucket),
            0,
            Map.of(),
            Map.of()),
        null);
  }
}
