package dev.weir.player.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.RelayConnection;
import dev.weir.http.RelayClient;
import dev.weir.player.feed.Feed.Ack;
import dev.weir.player.feed.Feed.Ask;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feed over HTTP, against a relay's protocol on a real socket. */
class RelayFeedTest extends FeedContractTest {
  private static final Ask ASK = new Ask(5, 1000, Duration.ofSeconds(60), Duration.ZERO, null);

  private StubRelay relay;
  private RelayClient client;
  private RelayFeed feed;

  @BeforeEach
  void open() throws IOException {
    relay = new StubRelay(bucket);
    client = RelayClient.open(new RelayConnection(Origin.parse(relay.url()), null, null));
    feed = new RelayFeed(
        client,
        new RelayFeed.Reader(
            new BucketName("shop"), new GroupName("default"), "player-1", Order.SESSION),
        InstantSource.system());
  }

  @AfterEach
  void close() {
    client.close();
    relay.close();
  }

  @Override
  Feed feed() {
    return feed;
  }

  @Test
  void tellsWhyTheRelayRefusesAndForHowLong() throws Exception {
    relay.refuse(503, "{\"error\": \"starting\"}", "7");

    assertThat(get(feed.lease(ASK)))
        .isEqualTo(new Grant.Trouble("it answered 503: starting", Duration.ofSeconds(7)));
    assertThat(get(feed.extend("x", Duration.ofSeconds(60))))
        .isEqualTo(new Ack.Trouble("it answered 503: starting", Duration.ofSeconds(7)));
  }

  @Test
  void quotesWhoeverAnswersInTheRelaysPlace() throws Exception {
    relay.refuse(403, "<html>blocked by policy</html>", "soon");

    assertThat(get(feed.lease(ASK)))
        .isEqualTo(new Grant.Trouble("it answered 403: <html>blocked by policy</html>", null));
  }

  @Test
  void takesGarbageForTroubleAndNotForCaptures() throws Exception {
    relay.refuse(200, "garbage", "0");

    assertThat(get(feed.lease(ASK)))
        .isInstanceOfSatisfying(
            Grant.Trouble.class,
            trouble -> assertThat(trouble.reason()).startsWith("a lease that makes no sense: "));
  }

  @Test
  void saysSoWhenTheRelayIsNotThere() throws Exception {
    relay.close();

    assertThat(get(feed.lease(ASK))).isInstanceOf(Grant.Trouble.class);
    assertThat(get(feed.extend("x", Duration.ofSeconds(60)))).isInstanceOf(Ack.Trouble.class);
  }
}
