package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.loop.Ticker;
import dev.weir.relay.lease.Clocks;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.Credentials;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what. */
class TokensTest {
  @TempDir
  private Path data;

  private TestRelay relay;

  @BeforeEach
  void start() throws Exception {
    relay = TestRelay.start(TestRelay.config(
        data,
        List.of(
            token("ship-shop", "ship:shop"),
            token("ship-all", "ship:*"),
            token("replay-shop", "replay:shop"),
            token("read", "read"),
            token("operate", "operate"))));
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private static RelayConfig.Token token(String text, String... roles) {
    return new RelayConfig.Token(
        text, Sha256.of(text), Stream.of(roles).map(Grant::parse).toList(), null);
  }

  private int status(Request request) throws Exception {
    try (Response response = relay.client().newCall(request).execute()) {
      return response.code();
    }
  }

  /** 400 is what an empty body gets once the token has passed. */
  @ParameterizedTest
  @CsvSource({
    "ship-shop,   400, 403, 403, 400",
    "ship-all,    400, 400, 403, 400",
    "replay-shop, 403, 403, 400, 400",
    "read,        403, 403, 403, 400",
    "operate,     403, 403, 403, 400",
    "unknown,     401, 401, 401, 401",
  })
  void letsEachDoItsOwn(String token, int shop, int other, int lease, int report) throws Exception {
    assertThat(post("/v1/buckets/shop/captures", token)).isEqualTo(shop);
    assertThat(post("/v1/buckets/other/captures", token)).isEqualTo(other);
    assertThat(post("/v1/buckets/shop/leases", token)).isEqualTo(lease);
    assertThat(post("/v1/buckets/shop/peek", token)).isEqualTo(lease);
    assertThat(post("/v1/leases/shop~0123456789abcdef~1/settle", token)).isEqualTo(lease);
    assertThat(post("/v1/leases/shop~0123456789abcdef~1/extend", token)).isEqualTo(lease);
    assertThat(post("/v1/reports", token)).isEqualTo(report);
  }

  private int post(String path, String token) throws Exception {
    return status(
        relay.post(path, new byte[0]).header("Authorization", "Bearer " + token).build());
  }

  /** 404 is what a bucket that is not there gets once the token has passed. */
  @ParameterizedTest
  @CsvSource({
    "ship-all,    403, 403",
    "replay-shop, 403, 403",
    "read,        404, 403",
    "operate,     404, 404",
    "unknown,     401, 401",
  })
  void letsOperatorsAloneChangeThings(String token, int look, int change) throws Exception {
    String query = "{\"max\": 1}";
    assertThat(order("dead/list", query, token)).isEqualTo(look);
    assertThat(order("dead/show", query, token)).isEqualTo(look);
    for (String order : List.of("dead/redrive", "dead/purge")) {
      assertThat(order(order, query, token)).isEqualTo(change);
    }
    for (String order : List.of("pause", "resume", "rewind", "purge", "forget")) {
      assertThat(order(order, "{\"group\": \"default\"}", token)).as(order).isEqualTo(change);
    }
  }

  private int order(String route, String body, String token) throws Exception {
    return status(relay
        .postAdmin("/v1/buckets/nobody/" + route, body.getBytes(StandardCharsets.UTF_8))
        .header("Authorization", "Bearer " + token)
        .build());
  }

  @Test
  void letsThoseReloadWhoMayOperate() throws Exception {
    assertThat(relay.postToAdmin("/v1/reload", "operate")).isEqualTo(200);
    assertThat(relay.postToAdmin("/v1/reload", "read")).isEqualTo(403);
    assertThat(relay.postToAdmin("/v1/reload", "unknown")).isEqualTo(401);
  }

  @Test
  void judgesByTheTimeThatTheMachineHasNow() throws Exception {
    stop();
    Instant past = Instant.now().minusSeconds(60);
    RelayConfig.Token ended =
        new RelayConfig.Token("ended", Sha256.of("ended"), List.of(Grant.parse("read")), past);
    Clocks started = new Clocks(Ticker.SYSTEM, () -> past.minusSeconds(60));
    relay = TestRelay.start(
        TestRelay.config(data, List.of(ended, token("read", "read"))),
        new InMemoryStorage(),
        started);
    assertThat(relay.getAs("/", "Authorization", "Bearer ended")).isEqualTo(401);
    assertThat(relay.getAs("/", "Authorization", "Bearer read")).isEqualTo(200);
  }

  @Test
  void asksForAToken() throws Exception {
    assertThat(status(relay.post("/v1/reports", new byte[0]).build())).isEqualTo(401);
    assertThat(relay.getAs("/v1/stats", "Authorization", "Bearer ")).isEqualTo(401);
    assertThat(relay.getAs("/v1/stats", "Authorization", "nonsense")).isEqualTo(401);
  }

  @Test
  void showsThePageToThoseWhoMayRead() throws Exception {
    assertThat(relay.getAs("/", "Authorization", "Bearer read")).isEqualTo(200);
    assertThat(relay.getAs("/", "Authorization", Credentials.basic("me", "read")))
        .isEqualTo(200);
    assertThat(relay.getAs("/", "Authorization", Credentials.basic("read", "me")))
        .isEqualTo(401);
    assertThat(relay.getAs("/metrics", "Authorization", "Bearer operate"))
        .as("who may change things may see them")
        .isEqualTo(200);
    assertThat(relay.getAs("/v1/stats", "Authorization", "Bearer ship-all")).isEqualTo(403);
    assertThat(relay.getAs("/livez", "Accept", "*/*")).isEqualTo(200);
  }

  @Test
  void startsNowhereElseWithoutTokens() {
    ListenAddress everywhere = new ListenAddress("0.0.0.0", 0);
    ListenAddress loopback = new ListenAddress("127.0.0.1", 0);
    assertThatThrownBy(() -> Relay.start(
            new RelayConfig("r", everywhere, loopback, data, true, null, List.of(), Map.of()),
            new InMemoryStorage(),
            Clocks.SYSTEM))
        .hasMessageContaining("weir token new");
  }
}
