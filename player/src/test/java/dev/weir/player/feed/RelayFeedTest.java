package dev.weir.player.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.RelayConnection;
import dev.weir.http.RelayClient;
import dev.weir.player.feed.Feed.Ack;
import dev.weir.player.feed.Feed.Ask;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.player.target.Attempts;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.LongStream;
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
  void saysInPartsWhatIsTooLargeAtOnce() throws Exception {
    for (int i = 0; i < 4; i++) {
      bucket.add(Attempts.get("s" + i, "/" + i).capture());
    }
    String lease = ((Grant.Leased) get(feed.lease(ASK))).lease();
    relay.take(20_000); // two of them

    assertThat(get(feed.settle(lease, dead(1, 2, 3, 4)))).isEqualTo(new Ack.Done());
    assertThat(bucket.fates()).containsOnly("dead: 500");
    assertThat(bucket.settlements()).extracting(s -> s.dead().size()).containsExactly(2, 2);
    assertThat(bucket.settlements()).extracting(Settlement::done).containsExactly(false, true);
  }

  @Test
  void givesUpWhatTheRelayWillNeverTake() throws Exception {
    bucket.add(Attempts.get("s", "/").capture());
    String lease = ((Grant.Leased) get(feed.lease(ASK))).lease();

    relay.refuse(400, "{\"error\": \"no such offset\"}", "0");
    assertThat(get(feed.settle(lease, dead(1)))).isEqualTo(new Ack.Gone("no such offset"));
    relay.refuse(400, "<html>bad gateway</html>", "0");
    assertThat(get(feed.settle(lease, dead(1)))).isInstanceOf(Ack.Trouble.class);
    relay.refuse(413, "too large", "0");
    assertThat(get(feed.settle(lease, dead(1)))).isInstanceOf(Ack.Gone.class);
  }

  private static Settlement dead(long... offsets) {
    List<Settlement.Dead> words = LongStream.of(offsets)
        .mapToObj(offset -> new Settlement.Dead(offset, "500", 500, new byte[4_096]))
        .toList();
    return new Settlement(List.of(), List.of(), List.of(), words, List.of(), true);
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
