package dev.weir.e2e.fault;

import dev.weir.config.RelayConnection;
import dev.weir.e2e.Line;
import dev.weir.e2e.Link;
import dev.weir.e2e.Role;
import dev.weir.http.RelayClient;
import dev.weir.loop.WallClock;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.player.feed.RelayFeed;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Joins the group as one more player and declares captures dead, until the relay ends of it. */
public final class Undertaker implements Place.Deed {
  /** At most: the relay ends long before. */
  public static final int MOST = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Feed.Ask ONE =
      new Feed.Ask(1, 1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(1), null);

  @Override
  public void on(Line line) throws IOException {
    RelayFeed.Reader reader = new RelayFeed.Reader(
        new BucketName("shop"), new GroupName("default"), "undertaker", LeaseRequest.Order.SESSION);
    Origin relay = Origin.parse(line.url(Link.PLAYER_RELAY));
    try (RelayClient client = RelayClient.open(new RelayConnection(relay, null, null));
        Feed feed = new RelayFeed(client, reader, WallClock.SYSTEM)) {
      long until = System.nanoTime() + PATIENCE.toNanos();
      for (int dead = 0; dead < MOST && line.process(Role.RELAY).isAlive(); ) {
        if (System.nanoTime() > until) {
          throw new IOException("after " + dead + " dead captures the relay still runs");
        }
        if (feed.lease(ONE).toCompletableFuture().join() instanceof Grant.Leased leased) {
          dead++;
          feed.settle(leased.lease(), declared(leased)).toCompletableFuture().join();
        }
      }
    }
  }

  private static Settlement declared(Grant.Leased leased) {
    long offset = leased.captures().get(0).offset();
    return new Settlement(
        List.of(),
        List.of(),
        List.of(),
        List.of(new Settlement.Dead(offset, "declared dead", 0, null)),
        List.of(),
        true);
  }
}
