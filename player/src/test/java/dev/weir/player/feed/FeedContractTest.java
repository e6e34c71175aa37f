package dev.weir.player.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Captures;
import dev.weir.player.feed.Feed.Ack;
import dev.weir.player.feed.Feed.Ask;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.player.target.Attempts;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import dev.weir.wire.Settlement.Range;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every feed keeps: the one over HTTP, and the one in memory that other tests rely on. */
abstract class FeedContractTest {
  private static final Duration LENGTH = Duration.ofSeconds(60);

  private final AtomicLong clock = new AtomicLong();

  final InMemoryFeed bucket = new InMemoryFeed(Order.SESSION, clock::get);

  abstract Feed feed() throws Exception;

  @Test
  void leasesInOrderAsMuchAsIsAskedFor() throws Exception {
    Capture first = Captures.full();
    bucket.add(first, capture("a", "/1"), capture("b", "/2"));

    Grant.Leased leased = lease(2);

    assertThat(leased.captures()).extracting(LeasedCapture::offset).containsExactly(1L, 2L);
    assertThat(leased.captures()).extracting(LeasedCapture::attempt).containsOnly(1);
    assertThat(CaptureCodec.decode(leased.captures().get(0).bytes())).isEqualTo(first);
    assertThat(lease(2).captures()).extracting(LeasedCapture::offset).containsExactly(3L);
  }

  @Test
  void grantsNothingWhereThereIsNothing() throws Exception {
    assertThat(get(feed().lease(new Ask(5, 1000, LENGTH, Duration.ZERO, null))))
        .isEqualTo(new Grant.Nothing());
  }

  @Test
  void waitsForCaptures() throws Exception {
    CompletableFuture<Grant> waiting =
        feed().lease(new Ask(5, 1000, LENGTH, Duration.ofSeconds(10), null)).toCompletableFuture();
    assertThat(waiting).isNotDone();

    bucket.add(capture("a", "/"));

    assertThat(get(waiting)).isInstanceOf(Grant.Leased.class);
  }

  @Test
  void keepsASessionInOneLease() throws Exception {
    bucket.add(capture("a", "/0"), capture("a", "/1"), capture("b", "/2"));

    Grant.Leased first = lease(1);
    assertThat(lease(5).captures()).extracting(LeasedCapture::offset).containsExactly(3L);
    settle(first.lease(), settlement().delivered(1));

    assertThat(lease(5).captures()).extracting(LeasedCapture::offset).containsExactly(2L);
  }

  @Test
  void goesOnWithTheSessionsOfALease() throws Exception {
    bucket.add(capture("a", "/0"), capture("b", "/1"), capture("a", "/2"), capture("b", "/3"));
    String lease = lease(2).lease();

    Grant.Leased more = lease(1, lease);

    assertThat(more.lease()).isEqualTo(lease);
    assertThat(more.captures()).extracting(LeasedCapture::offset).containsExactly(3L);
    assertThat(settle(lease, settlement().delivered(3))).isEqualTo(new Ack.Done());
    assertThat(bucket.fates()).containsExactly("", "", "delivered", "");
    assertThat(lease(5, lease).captures()).extracting(LeasedCapture::offset).containsExactly(4L);
  }

  @Test
  void addsNothingBehindWhatIsToBeTriedAgain() throws Exception {
    bucket.add(capture("a", "/0"), capture("b", "/1"), capture("a", "/2"), capture("c", "/3"));
    String lease = lease(2).lease();
    settle(lease, settlement().retry(1, 1000, "no"));

    Grant.Leased more = lease(5, lease);
    assertThat(more.lease()).isEqualTo(lease);
    assertThat(more.captures()).extracting(LeasedCapture::offset).containsExactly(4L);
    clock.addAndGet(Duration.ofSeconds(2).toNanos());

    Grant.Leased again = lease(5, lease);
    assertThat(again.lease()).as("the lease had it before").isNotEqualTo(lease);
    assertThat(again.captures()).extracting(LeasedCapture::offset).containsExactly(1L, 3L);
  }

  @Test
  void beginsAnotherWhereTheLeaseHasEnded() throws Exception {
    bucket.add(capture("a", "/0"), capture("a", "/1"));
    String lease = lease(1).lease();
    settle(lease, settlement().delivered(1));

    assertThat(lease(1, lease).lease()).isNotEqualTo(lease);
  }

  @Test
  void booksWhatBecameOfEach() throws Exception {
    for (int i = 0; i < 5; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }
    String lease = lease(5).lease();

    Ack ack = settle(
        lease,
        settlement()
            .delivered(1)
            .filtered(2, "loop")
            .retry(3, 1000, "no")
            .dead(4, "never")
            .released(5));

    assertThat(ack).isEqualTo(new Ack.Done());
    assertThat(bucket.fates())
        .containsExactly("delivered", "filtered: loop", "", "dead: never", "");
    assertThat(lease(5).captures()).extracting(LeasedCapture::offset).containsExactly(5L);
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    LeasedCapture again = lease(5).captures().get(0);
    assertThat(again.offset()).isEqualTo(3);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.ageMs()).isEqualTo(2000);
  }

  @Test
  void changesNothingWhenToldTwice() throws Exception {
    bucket.add(capture("a", "/0"), capture("b", "/1"));
    String lease = lease(2).lease();
    Told told = settlement().retry(1, 0, "no").dead(2, "never");

    assertThat(settle(lease, told)).isEqualTo(new Ack.Done());
    assertThat(settle(lease, told)).isEqualTo(new Ack.Done());

    assertThat(bucket.attempts(1)).isEqualTo(1);
    assertThat(bucket.fates()).containsExactly("", "dead: never");
  }

  @Test
  void extendsALeaseAndTakesItBackWhenItRunsOut() throws Exception {
    bucket.add(capture("a", "/0"));
    String lease = lease(1).lease();
    clock.addAndGet(Duration.ofSeconds(50).toNanos());
    assertThat(get(feed().extend(lease, LENGTH))).isEqualTo(new Ack.Done());
    clock.addAndGet(Duration.ofSeconds(50).toNanos());
    bucket.step();
    assertThat(bucket.isLeased(1)).isTrue();

    clock.addAndGet(Duration.ofSeconds(50).toNanos());

    assertThat(get(feed().extend(lease, LENGTH))).isInstanceOf(Ack.Gone.class);
    assertThat(lease(1).captures()).hasSize(1);
  }

  @Test
  void countsALateDelivery() throws Exception {
    bucket.add(capture("a", "/0"));
    String lease = lease(1).lease();
    clock.addAndGet(Duration.ofSeconds(61).toNanos());
    bucket.step();

    assertThat(settle(lease, settlement().delivered(1))).isEqualTo(new Ack.Done());

    assertThat(bucket.fate(1)).isEqualTo("delivered");
  }

  @Test
  void knowsNothingOfALeaseThatItHasForgotten() throws Exception {
    bucket.add(capture("a", "/0"));
    String lease = lease(1).lease();
    bucket.forgetLeases();

    assertThat(settle(lease, settlement().delivered(1))).isInstanceOf(Ack.Gone.class);
    assertThat(bucket.fate(1)).isEmpty();
  }

  private Grant.Leased lease(int max) throws Exception {
    return lease(max, null);
  }

  private Grant.Leased lease(int max, @Nullable String lease) throws Exception {
    Grant grant = get(feed().lease(new Ask(max, 1 << 20, LENGTH, Duration.ZERO, lease)));
    assertThat(grant).isInstanceOf(Grant.Leased.class);
    return (Grant.Leased) grant;
  }

  private Ack settle(String lease, Told told) throws Exception {
    return get(feed().settle(lease, told.settlement));
  }

  private static Told settlement() {
    return new Told(new Settlement(List.of(), List.of(), List.of(), List.of(), List.of(), false));
  }

  /** A settlement in the making. */
  private record Told(Settlement settlement) {
    Told delivered(long offset) {
      return new Told(new Settlement(
          List.of(new Range(offset, offset)),
          settlement.filtered(),
          settlement.retry(),
          settlement.dead(),
          settlement.released(),
          false));
    }

    Told filtered(long offset, String reason) {
      return new Told(new Settlement(
          settlement.delivered(),
          List.of(new Settlement.Refusal(offset, reason)),
          settlement.retry(),
          settlement.dead(),
          settlement.released(),
          false));
    }

    Told retry(long offset, long afterMs, String reason) {
      return new Told(new Settlement(
          settlement.delivered(),
          settlement.filtered(),
          List.of(new Settlement.Retry(offset, afterMs, reason)),
          settlement.dead(),
          settlement.released(),
          false));
    }

    Told dead(long offset, String reason) {
      return new Told(new Settlement(
          settlement.delivered(),
          settlement.filtered(),
          settlement.retry(),
          List.of(new Settlement.Dead(offset, reason, 0, null)),
          settlement.released(),
          false));
    }

    Told released(long offset) {
      return new Told(new Settlement(
          settlement.delivered(),
          settlement.filtered(),
          settlement.retry(),
          settlement.dead(),
          List.of(new Range(offset, offset)),
          false));
    }
  }

  private static Capture capture(String session, String target) {
    return Attempts.get(session, target).capture();
  }

  static <T> T get(CompletionStage<T> reply) throws Exception {
    return reply.toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
