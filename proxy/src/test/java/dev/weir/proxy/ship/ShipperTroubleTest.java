package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.ship.InMemoryUplink.Trouble;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.proxy.ship.Uplink.Delivery;
import dev.weir.proxy.ship.Uplink.Shipment;
import dev.weir.spool.InMemorySpool;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShipperTroubleTest extends ShipperFixture {
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

  private static String[] range(int from, int until) {
    return IntStream.range(from, until).mapToObj(Integer::toString).toArray(String[]::new);
  }
}
