package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.unit.GroupName;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a bucket keeps, for how long and for whom. */
class RetentionTest {
  private final TestBucket test = new TestBucket();

  @AfterEach
  void balances() {
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().imbalance()).isZero();
  }

  @Test
  void forgetsWhatIsOldBehindAGapAtTheFront() throws Exception {
    test.ship(1);
    test.memory.lose(100, LossReason.CORRUPT);
    test.memory.truncate(2);
    test.restart(Duration.ofHours(1), Map.of());
    test.ship(3);
    test.clock.advance(Duration.ofMinutes(90));
    test.ship(1);
    long lease = test.lease("default").orElseThrow().lease();
    test.now(test.bucket.settle(lease, Samples.delivered(102, 103, 104, 105)));
    test.pass(Duration.ofSeconds(10));

    assertThat(test.memory.state().first()).isEqualTo(105);
  }

  @Test
  void keepsWhatWaitsForAnybodyBesideAGroupThatWantsOnlyWhatIsNew() {
    test.ship(2);
    GroupName staging = new GroupName("staging");
    test.restart(null, Map.of(staging, GroupStart.NEWEST));
    test.ship(1);
    long lease = test.lease("staging").orElseThrow().lease();
    test.now(test.bucket.settle(lease, Samples.delivered(3)));
    test.pass(Duration.ofSeconds(1));

    assertThat(TestBucket.offsets(test.lease("late"))).containsExactly(1L, 2L, 3L);
  }

  @Test
  void countsWhatNobodyCameForAsLost() {
    test.ship(2);
    GroupName staging = new GroupName("staging");
    test.restart(null, Map.of(staging, GroupStart.NEWEST));
    test.pass(Group.SILENT_AFTER);
    test.lease("staging");
    test.pass(Duration.ofSeconds(1));

    assertThat(test.memory.state().first()).isEqualTo(3);
    assertThat(test.group("default").lost().byReason()).isEqualTo(Map.of(LossReason.EVICTED, 2L));
  }

  private void deliverAll(String group) {
    Group.Grant grant = test.lease(group).orElseThrow();
    long[] offsets = grant.captures().stream().mapToLong(c -> c.offset()).toArray();
    test.now(test.bucket.settle(grant.lease(), Samples.delivered(offsets)));
    test.pass(Duration.ofSeconds(1));
  }

  @Test
  void waitsForThoseThatWereOffAsLongAsTheRelay() {
    test.ship(2);
    test.lease("early");
    test.lease("late");
    test.clock.advance(Duration.ofDays(3));
    test.restart();
    deliverAll("early");
    test.pass(Group.SILENT_AFTER.minusMinutes(1));

    assertThat(TestBucket.offsets(test.lease("late"))).containsExactly(1L, 2L);
  }
}
