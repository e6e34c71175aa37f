package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.ship.InMemoryUplink.Trouble;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.spool.InMemorySpool;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShipperModelTest extends ShipperFixture {
  @Test
  void losesNothingUncountedWhateverHappens() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      ShipperModelTest life = new ShipperModelTest();
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
}
