package dev.weir.proxy.ship;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.loop.Backoff;
import dev.weir.loop.ManualTicker;
import dev.weir.proxy.ship.InMemoryUplink.Trouble;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.proxy.ship.Uplink.Delivery;
import dev.weir.proxy.ship.Uplink.Shipment;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShipperTest {
  private static final BucketName BUCKET = new BucketName("orders");
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration LEAST = Duration.ofMillis(500);
  private static final Duration MOST = Duration.ofSeconds(10);

  private final ManualTicker ticker = new ManualTicker();
  private final InMemoryUplink relay = new InMemoryUplink();
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private InMemorySpool spool =
      new InMemorySpool(ByteSize.ofMegabytes(64), Duration.ofHours(1), () -> now);
  private boolean hostIsBusy;
  private Shipper shipper = shipper(Limits.NONE);

  private Shipper shipper(Limits limits) {
    Backoff backoff = new Backoff(LEAST, MOST, new Random(1));
    return new Shipper(BUCKET, spool, relay, limits, backoff, () -> hostIsBusy, ticker);
  }

  // ---- the way through

  @Test
  void shipsInOrderAndForgetsWhatIsStored() throws Exception {
    append(0, 3);
    shipper.step();

    assertThat(relay.stored()).containsExactly("0", "1", "2");
    assertThat(spool.state().first()).isEqualTo(4);
    Shipment shipment = relay.shipments().get(0);
    assertThat(shipment.bucket()).isEqualTo(BUCKET);
    assertThat(shipment.run()).isEqualTo(spool.state().run().id());
    assertThat(shipment.acked()).isZero();
    assertThat(shipper.step()).isEqualTo(IDLE);
    assertThat(relay.shipments()).hasSize(1);
  }

  @Test
  void tellsHowFarTheRelayWasHeardToBe() throws Exception {
    append(0, 3);
    shipper.step();
    append(3, 5);
    settle();

    assertThat(relay.shipments().get(1).acked()).isEqualTo(3);
    assertThat(relay.shipments().get(1).first()).isEqualTo(4);
    assertThat(relay.shipments().get(1).last()).isEqualTo(5);
  }

  @Test
  void boundsABatchByNumberAndByBytes() throws Exception {
    append(0, Shipper.MAX_ENTRIES + 1);
    shipper.step();
    assertThat(relay.stored()).hasSize(Shipper.MAX_ENTRIES);
    shipper.step();
    assertThat(relay.stored()).hasSize(Shipper.MAX_ENTRIES + 1);

    byte[] large = new byte[400 << 10];
    spool.append(List.of(large, large, large), Map.of(), WhenFull.REFUSE);
    settle();
    assertThat(relay.shipments().get(2).entries()).hasSize(2);
    assertThat(relay.shipments().get(3).entries()).hasSize(1);
  }

  @Test
  void shipsLossesWithTheirReasons() throws Exception {
    append(0, 1);
    spool.lose(5, LossReason.FULL);
    append(1, 2);
    spool.lose(2, LossReason.IO_ERROR);
    settle();

    assertThat(relay.stored()).containsExactly("0", "1");
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.FULL, 5L, LossReason.IO_ERROR, 2L));
    assertThat(spool.state().first()).isEqualTo(spool.state().next());
  }

  @Test
  void shipsEarlierRunsFirst() throws Exception {
    append(0, 2);
    var first = spool.state().run().id();
    spool = spool.reopen(Map.of(first, 3L));
    append(2, 4);
    var second = spool.state().run().id();
    shipper = shipper(Limits.NONE);
    settle();

    assertThat(relay.stored()).containsExactly("0", "1", "2", "3");
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.CRASH, 1L));
    assertThat(relay.shipments()).extracting(Shipment::run).containsExactly(first, second);
    assertThat(relay.shipments()).extracting(Shipment::first).containsExactly(1L, 1L);
  }

  // ---- giving way

  @Test
  void restsBetweenBatchesWhileTheHostIsBusy() throws Exception {
    append(0, 2 * Shipper.MAX_ENTRIES + 1);
    hostIsBusy = true;

    assertThat(shipper.step()).isEqualTo(Shipper.YIELD);
    assertThat(shipper.step()).isEqualTo(Shipper.YIELD);
    assertThat(relay.shipments()).hasSize(1);
    ticker.advance(Shipper.YIELD);
    hostIsBusy = false;
    assertThat(shipper.step()).isEqualTo(Duration.ZERO);
    assertThat(relay.shipments()).hasSize(2);
  }

  @Test
  void doesNotRestWhenTheSpoolIsHalfFullOrNothingWaits() throws Exception {
    hostIsBusy = true;
    append(0, 3);
    assertThat(shipper.step()).isEqualTo(Duration.ZERO);

    int each = (int) (spool.state().limit().bytes() / 2 / Shipper.MAX_ENTRIES) + 1;
    append(3, 3 + Shipper.MAX_ENTRIES);
    spool.append(
        Collections.nCopies(Shipper.MAX_ENTRIES, new byte[each]), Map.of(), WhenFull.REFUSE);
    assertThat(shipper.step()).isEqualTo(Duration.ZERO);
    assertThat(relay.shipments()).hasSize(2);
  }

  @Test
  void doesNotRestWhenItIsDrained() throws Exception {
    hostIsBusy = true;
    append(0, 2 * Shipper.MAX_ENTRIES + 1);
    shipper.drain(Duration.ofSeconds(1));

    assertThat(relay.stored()).hasSize(2 * Shipper.MAX_ENTRIES + 1);
  }

  // ---- waiting for more

  @Test
  void lingersWithABatchThatIsNotFull() throws Exception {
    caughtUp();
    append(0, 1);
    assertThat(shipper.step()).isEqualTo(Shipper.LINGER);
    ticker.advance(Duration.ofMillis(150));
    append(1, 2);
    assertThat(shipper.step()).isEqualTo(Duration.ofMillis(50));
    ticker.advance(Duration.ofMillis(50));
    assertThat(shipper.step()).isZero();

    assertThat(relay.shipments().get(1).entries()).hasSize(2);
  }

  @Test
  void isWokenForTheFirstCaptureAndForAFullBatch() throws Exception {
    caughtUp();
    assertThat(shipper.step()).as("nothing to do").isPositive();
    append(0, 1);
    assertThat(shipper.isAwaited()).isTrue();
    shipper.step();
    append(1, Shipper.MAX_ENTRIES - 1);
    assertThat(shipper.isAwaited()).as("it lingers").isFalse();
    append(Shipper.MAX_ENTRIES - 1, Shipper.MAX_ENTRIES);
    assertThat(shipper.isAwaited()).isTrue();
  }

  @Test
  void isNotWokenWhileTheRelayIsAway() throws Exception {
    relay.next(Trouble.unreachable());
    append(0, 1);
    shipper.step();
    shipper.step();
    append(1, Shipper.MAX_ENTRIES);
    assertThat(shipper.isAwaited()).isFalse();
  }

  @Test
  void shipsAFullBatchAtOnce() throws Exception {
    caughtUp();
    append(0, Shipper.MAX_ENTRIES);

    assertThat(shipper.step()).isZero();
  }

  @Test
  void shipsABacklogWithoutWaiting() throws Exception {
    append(0, 2 * Shipper.MAX_ENTRIES + 1);
    for (int i = 0; i < 3; i++) {
      assertThat(shipper.step()).isZero();
    }

    assertThat(relay.stored()).hasSize(2 * Shipper.MAX_ENTRIES + 1);
  }

  @Test
  void lingersThoughSomethingArrivedWhileABatchWasUnderWay() throws Exception {
    append(0, 1);
    relay.next(answering -> {
      fillUp(1, 2);
      return answering.answer();
    });
    shipper.step();

    assertThat(shipper.step()).isEqualTo(Shipper.LINGER);
  }

  @Test
  void drainsWithoutWaiting() throws Exception {
    caughtUp();
    append(0, 3);
    shipper.drain(Duration.ofSeconds(3));

    assertThat(relay.stored()).endsWith("0", "1", "2");
  }

  @Test
  void drainsNoLongerThanItMayAndNotIntoARelayThatIsAway() throws Exception {
    append(0, 10_000);
    for (int i = 0; i < 3; i++) {
      relay.next(answering -> {
        ticker.advance(Duration.ofSeconds(1));
        return answering.answer();
      });
    }
    shipper.drain(Duration.ofSeconds(3));
    assertThat(relay.shipments()).hasSize(3);

    relay.next(Trouble.unreachable());
    shipper.step();
    shipper.drain(Duration.ofSeconds(3));
    assertThat(relay.shipments()).hasSize(4);
  }

  // ---- trouble

  @Test
  void keepsTheBatchWhenTheRelayIsDown() throws Exception {
    append(0, 3);
    relay.next(Trouble.unreachable());
    Duration wait = shipper.step();

    assertThat(wait).isBetween(LEAST, MOST);
    assertThat(shipper.state()).isEqualTo("unreachable");
    assertThat(shipper.shippedAgoMs()).isEqualTo(-1);
    assertThat(spool.state().waiting()).isEqualTo(3);
    ticker.advance(wait);
    assertThat(shipper.step()).isZero();
    assertThat(relay.stored()).containsExactly("0", "1", "2");
    assertThat(shipper.state()).isEqualTo("shipping");
    ticker.advance(Duration.ofMillis(7));
    assertThat(shipper.shippedAgoMs()).isEqualTo(7);
  }

  @Test
  void letsNoWakeUpCutABackoffShort() throws Exception {
    append(0, 1);
    relay.next(Trouble.unreachable());
    Duration wait = shipper.step();
    ticker.advance(wait.minusNanos(1));

    assertThat(shipper.step()).isEqualTo(Duration.ofNanos(1));
    assertThat(relay.shipments()).hasSize(1);
  }

  @Test
  void storesOnceWhatIsSentTwice() throws Exception {
    append(0, 3);
    relay.next(Trouble.lostAnswer());
    shipper.step();
    append(3, 5);
    settle();

    assertThat(relay.stored()).containsExactly("0", "1", "2", "3", "4");
    assertThat(relay.duplicates()).isEqualTo(3);
  }

  @Test
  void goesOnBehindWhatTheRelayHasOfABatch() throws Exception {
    append(0, 3);
    spool.lose(4, LossReason.FULL);
    append(3, 5);
    relay.next(Trouble.cutAfter(2));
    relay.next(Trouble.cutAfter(5));
    settle();

    assertThat(relay.stored()).containsExactly("0", "1", "2", "3", "4");
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.FULL, 4L));
    assertThat(relay.duplicates()).isZero();
    assertThat(relay.shipments()).extracting(Shipment::first).containsExactly(1L, 3L, 6L);
    assertThat(relay.shipments()).extracting(Shipment::acked).containsExactly(0L, 2L, 5L);
  }

  @Test
  void sendsNothingAgainOfTheFirstHalfWhereTheSecondFails() throws Exception {
    append(0, 4);
    relay.takeAtMost(2);
    shipper.step();
    shipper.step();
    relay.next(Trouble.unreachable());
    settle();

    assertThat(relay.stored()).containsExactly("0", "1", "2", "3");
    assertThat(relay.duplicates()).isZero();
    assertThat(relay.shipments()).extracting(Shipment::first).containsExactly(1L, 1L, 3L, 3L);
  }

  @Test
  void obeysRetryAfter() throws Exception {
    append(0, 1);
    relay.next(Trouble.busy(Duration.ofSeconds(90)));
    assertThat(shipper.step()).isEqualTo(Duration.ofSeconds(90));
    ticker.advance(Duration.ofSeconds(89));
    assertThat(shipper.step()).isEqualTo(Duration.ofSeconds(1));
    assertThat(relay.shipments()).hasSize(1);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(shipper.step()).isZero();
    assertThat(relay.stored()).containsExactly("0");
  }

  @Test
  void doesNotHammerARelayThatSaysRetryAtOnce() throws Exception {
    append(0, 1);
    relay.next(Trouble.busy(Duration.ZERO));

    assertThat(shipper.step()).isGreaterThanOrEqualTo(LEAST);
  }

  @Test
  void obeysAPause() throws Exception {
    relay.pauseAfterEach(Duration.ofSeconds(5));
    append(0, 1);
    assertThat(shipper.step()).isEqualTo(Duration.ofSeconds(5));
    append(1, 2);
    ticker.advance(Duration.ofSeconds(4));
    assertThat(shipper.step()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void shipsARejectedCaptureAsAGap() throws Exception {
    append(0, 5);
    relay.refuse("1");
    relay.refuse("3");
    settle();

    assertThat(relay.stored()).containsExactly("0", "2", "4");
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.REJECTED, 2L));
    assertThat(relay.shipments()).hasSize(3);
  }

  @Test
  void halvesABatchThatIsTooLargeAndGrowsAgain() throws Exception {
    append(0, 1_000);
    relay.takeAtMost(200);
    settle();

    assertThat(relay.stored()).hasSize(1_000);
    assertThat(relay.lost()).isEmpty();
    assertThat(relay.shipments()).hasSizeLessThan(20);
    relay.takeAtMost(Integer.MAX_VALUE);
    append(1_000, 10_000);
    settle();
    assertThat(relay.shipments().get(relay.shipments().size() - 2).entries()).hasSize(1_000);
  }

  @Test
  void givesUpOnlyTheCaptureThatIsTooLargeAlone() throws Exception {
    append(0, 8);
    relay.takeAtMost(0);
    while (relay.shipments().size() < 4) {
      shipper.step();
    }
    relay.takeAtMost(Integer.MAX_VALUE);
    settle();

    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.REJECTED, 1L));
    assertThat(relay.stored()).hasSize(7);
  }

  @Test
  void backsOffFromARelayThatRefusesAGap() throws Exception {
    spool.lose(3, LossReason.FULL);
    relay.takeAtMost(0);
    assertThat(shipper.step()).isGreaterThanOrEqualTo(LEAST);

    relay.takeAtMost(Integer.MAX_VALUE);
    relay.next(answering -> new Delivery.Rejected(2, "422: no"));
    ticker.advance(MOST);
    assertThat(shipper.step()).isGreaterThanOrEqualTo(LEAST);
    assertThat(shipper.state()).contains("422: no");
  }

  @Test
  void goesOnWhenWhatIsUnderWayIsEvicted() throws Exception {
    spool = new InMemorySpool(new ByteSize(64 << 10), Duration.ofHours(1), () -> now);
    shipper = shipper(Limits.NONE);
    append(0, 500);
    relay.next(answering -> {
      fillUp(500, 3_000);
      return answering.answer();
    });
    settle();

    assertThat(relay.stored()).startsWith(range(0, 500)).endsWith("2999").doesNotHaveDuplicates();
    assertThat(relay.stored().size() + relay.lost().get(LossReason.EVICTED)).isEqualTo(3_000);
  }

  @Test
  void shipsAgainAsAGapWhatWasEvictedAfterALostAnswer() throws Exception {
    spool = new InMemorySpool(new ByteSize(64 << 10), Duration.ofHours(1), () -> now);
    shipper = shipper(Limits.NONE);
    append(0, 500);
    relay.next(answering -> {
      Delivery delivery = Trouble.lostAnswer().answer(answering);
      fillUp(500, 3_000);
      return delivery;
    });
    settle();

    assertThat(relay.stored()).startsWith(range(0, 500)).endsWith("2999").doesNotHaveDuplicates();
    assertThat(relay.stored().size() + relay.lost().get(LossReason.EVICTED)).isEqualTo(3_000);
  }

  @Test
  void dropsWhatIsTooOldNowAndThen() throws Exception {
    append(0, 1);
    relay.next(Trouble.busy(Duration.ofMinutes(10)));
    shipper.step();
    now = now.plus(Duration.ofHours(2));
    ticker.advance(Duration.ofMinutes(10));
    settle();

    assertThat(relay.stored()).isEmpty();
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.EXPIRED, 1L));
  }

  @Test
  void tellsAReplacedRelayWhatItOnceHad() throws Exception {
    append(0, 3);
    settle();
    relay.wipe();
    append(3, 4);
    settle();

    assertThat(relay.stored()).containsExactly("3");
    assertThat(relay.lost()).isEqualTo(Map.of(LossReason.ROLLED_BACK, 3L));
  }

  @Test
  void waitsWhileItsSpoolCannotBeRead() throws Exception {
    append(0, 1);
    spool.close();

    assertThat(shipper.step()).isBetween(LEAST, MOST);
    assertThat(shipper.state()).contains("closed");
  }

  // ---- rates

  @Test
  void keepsToCapturesPerSecondOfTheBucket() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(100, ticker), RateLimit.UNLIMITED));
  }

  @Test
  void keepsToCapturesPerSecondOfTheProxy() throws Exception {
    keepsToARate(new Limits(
        new RateLimit(100, ticker),
        RateLimit.UNLIMITED,
        new RateLimit(1_000, ticker),
        RateLimit.UNLIMITED));
  }

  @Test
  void keepsToBytesPerSecondOfTheBucket() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(400, ticker)));
  }

  @Test
  void keepsToBytesPerSecondOfTheProxy() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, new RateLimit(400, ticker), RateLimit.UNLIMITED, RateLimit.UNLIMITED));
  }

  /** Captures of four bytes each, at a hundred a second. */
  private void keepsToARate(Limits limits) throws Exception {
    shipper = shipper(limits);
    long began = ticker.nanos();
    append(10_000 - 6_000, 10_000);
    settle();

    assertThat(relay.stored()).hasSize(6_000);
    // the last batch overdraws, and a second's worth is saved at the start
    assertThat(Duration.ofNanos(ticker.nanos() - began))
        .isBetween(Duration.ofSeconds(48), Duration.ofSeconds(61));
  }

  @Test
  void spendsNothingForCapturesThatAreLost() throws Exception {
    shipper = shipper(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(100, ticker), RateLimit.UNLIMITED));
    spool.lose(1_000_000, LossReason.FULL);
    append(0, 1);
    shipper.step();
    append(1, 2);
    ticker.advance(shipper.step());
    shipper.step();

    assertThat(relay.stored()).containsExactly("0", "1");
  }

  @Test
  void spendsTheBytesOfAttemptsThatCameToNothing() throws Exception {
    shipper = shipper(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(10, ticker)));
    append(1_000, 1_025);
    relay.next(answering -> new Delivery.TooLarge("413"));
    shipper.step();

    assertThat(shipper.step()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
    assertThat(relay.shipments()).hasSize(1);
  }

  // ---- anything at any time

  @Test
  void losesNothingUncountedWhateverHappens() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      ShipperTest life = new ShipperTest();
      life.live(new Random(seed));
    }
  }

  private void live(Random random) throws Exception {
    spool = new InMemorySpool(new ByteSize(32 << 10), Duration.ofHours(1), () -> now);
    shipper = shipper(Limits.NONE);
    int given = 0;
    for (int i = 0; i < 500; i++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> {
          int more = random.nextInt(60);
          fillUp(given, given + more);
          given += more;
        }
        case 3 -> spool.lose(1 + random.nextInt(3), LossReason.FULL);
        case 4 -> relay.next(trouble(random));
        case 5 -> relay.refuse(Integer.toString(given + random.nextInt(60)));
        case 6 -> relay.takeAtMost(1 + random.nextInt(100));
        case 7 -> ticker.advance(Duration.ofMillis(random.nextInt(5_000)));
        case 8 -> {
          spool = spool.reopen(Map.of(spool.state().run().id(), (long) random.nextInt(50)));
          shipper = shipper(Limits.NONE);
        }
        default -> shipper.step();
      }
    }
    settle();

    assertThat(spool.state().waiting()).isZero();
    assertThat(relay.stored()).doesNotHaveDuplicates();
    assertThat(relay.stored().stream().map(Integer::valueOf).toList()).isSorted();
    long lost = relay.lost().values().stream().mapToLong(Long::longValue).sum();
    assertThat(relay.stored().size() + lost).isEqualTo(spool.state().next() - 1);
    assertThat(relay.stored()).isNotEmpty();
    assertThat(relay.lost()).doesNotContainKey(LossReason.ROLLED_BACK);
  }

  private static Trouble trouble(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> Trouble.unreachable();
      case 1 -> Trouble.busy(Duration.ofMillis(random.nextInt(3_000)));
      case 2 -> Trouble.cutAfter(random.nextInt(300));
      default -> Trouble.lostAnswer();
    };
  }

  /** Steps, waiting as it asks, until there is nothing left. */
  private void settle() throws InterruptedException {
    for (int i = 0; spool.state().first() < spool.state().next(); i++) {
      assertThat(i).as("steps").isLessThan(20_000);
      ticker.advance(shipper.step());
    }
  }

  /** After this the shipper has nothing left over from an earlier batch. */
  private void caughtUp() throws Exception {
    append(-1, 0);
    settle();
  }

  private void append(int from, int until) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (int i = from; i < until; i++) {
      frames.add(Integer.toString(i).getBytes(UTF_8));
    }
    spool.append(frames, Map.of(), WhenFull.DROP_OLDEST);
  }

  /** Appends a few at a time, so that the oldest make room. */
  private void fillUp(int from, int until) {
    try {
      for (int i = from; i < until; i += 10) {
        append(i, Math.min(until, i + 10));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String[] range(int from, int until) {
    return IntStream.range(from, until).mapToObj(Integer::toString).toArray(String[]::new);
  }
}
