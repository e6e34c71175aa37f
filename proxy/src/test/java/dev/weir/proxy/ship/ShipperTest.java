package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.ship.InMemoryUplink.Trouble;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.proxy.ship.Uplink.Shipment;
import dev.weir.spool.Spool.WhenFull;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShipperTest extends ShipperFixture {
  private static final Duration IDLE = Duration.ofSeconds(1);

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

  /** After this the shipper has nothing left over from an earlier batch. */
  private void caughtUp() throws Exception {
    append(-1, 0);
    settle();
  }
}
