package dev.weir.relay.lease;

import static dev.weir.relay.Samples.delivered;
import static dev.weir.relay.Samples.done;
import static dev.weir.relay.Samples.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.store.DeadCapture;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SuspectsTest {
  private final TestGroup test = new TestGroup();

  @AfterEach
  void balances() {
    assertThat(test.view().imbalance()).isZero();
  }

  /** So many captures, each with a session of its own. */
  private void arrive(int count) throws IOException {
    test.arrive(IntStream.range(0, count).mapToObj(i -> "s" + i).toArray(String[]::new));
  }

  private void deliver(List<Long> offsets) throws IOException {
    long[] all = offsets.stream().mapToLong(Long::longValue).toArray();
    test.group.settle(test.leases, delivered(all));
  }

  @Test
  void leasesAnEighthOfWhatRanOutTogether() throws Exception {
    arrive(1_000);
    test.lease(Order.NONE, 1_000);
    test.runOut();
    List<Integer> sizes = new ArrayList<>();
    for (int death = 0; death < 3; death++) {
      List<Long> held = test.lease(Order.NONE, 1_000);
      while (!held.contains(1L)) {
        deliver(held);
        held = test.lease(Order.NONE, 1_000);
      }
      sizes.add(held.size());
      test.runOut();
    }
    assertThat(sizes).containsExactly(125, 15, 1);
  }

  @Test
  void letsTheInnocentGoOnAtOnce() throws Exception {
    arrive(1_000);
    test.lease(Order.NONE, 1_000);
    test.runOut();
    long before = test.leases;
    for (List<Long> held = test.lease(Order.NONE, 1_000); !held.isEmpty(); ) {
      deliver(held);
      held = test.lease(Order.NONE, 1_000);
    }
    assertThat(test.view().delivered()).isEqualTo(1_000);
    assertThat(test.leases - before).as("eight, and one in vain").isEqualTo(9);
  }

  @Test
  void leasesOneLotOfSuspectsAtATimeAndNothingElseInIt() throws Exception {
    arrive(16);
    test.lease(Order.NONE, 16);
    test.runOut();
    arrive(3);
    assertThat(test.lease(Order.NONE, 10)).as("suspects").containsExactly(1L, 2L);
    long suspects = test.leases;
    assertThat(test.lease(Order.NONE, 10)).as("others").containsExactly(17L, 18L, 19L);
    assertThat(test.lease(Order.NONE, 10)).isEmpty();
    test.group.settle(suspects, delivered(1, 2));
    assertThat(test.lease(Order.NONE, 10)).containsExactly(3L, 4L);
  }

  @Test
  void addsNothingToALeaseOfSuspects() throws Exception {
    arrive(16);
    test.lease(Order.SESSION, 16);
    test.runOut();
    test.lease(Order.SESSION, 10);
    long suspects = test.leases;
    test.arrive("other");
    test.more(suspects, 10);
    assertThat(test.view().leases()).isEqualTo(2);
  }

  @Test
  void beginsWithTheLeastSuspect() throws Exception {
    arrive(16);
    test.lease(Order.NONE, 16);
    test.runOut();
    assertThat(test.lease(Order.NONE, 16)).containsExactly(1L, 2L);
    test.runOut(); // 1 or 2 it is
    List<Long> order = new ArrayList<>();
    for (List<Long> held = test.lease(Order.NONE, 16); !held.isEmpty(); ) {
      order.add(held.get(0));
      deliver(held);
      held = test.lease(Order.NONE, 16);
    }
    assertThat(order).containsExactly(3L, 5L, 7L, 9L, 11L, 13L, 15L, 1L, 2L);
  }

  @Test
  void keepsASessionInOrderWhoeverIsTheLeastSuspect() throws Exception {
    String[] sessions = new String[16];
    Arrays.fill(sessions, "a");
    test.arrive(sessions);
    test.lease(Order.SESSION, 16);
    test.runOut();
    assertThat(test.lease(Order.SESSION, 16)).containsExactly(1L, 2L);
    test.runOut();
    assertThat(test.lease(Order.SESSION, 16)).as("not 3 and 4").containsExactly(1L);
    deliver(List.of(1L));
    assertThat(test.lease(Order.SESSION, 16)).containsExactly(2L);
    deliver(List.of(2L));
    assertThat(test.lease(Order.SESSION, 16)).containsExactly(3L, 4L);
  }

  @Test
  void suspectsNobodyWhomAPlayerHasTriedAndLived() throws Exception {
    arrive(8);
    test.lease(Order.NONE, 8);
    test.runOut();
    assertThat(test.lease(Order.NONE, 8)).containsExactly(1L);
    test.group.settle(test.leases, retry(1, 0));
    arrive(2);
    test.lease(Order.NONE, 8);
    assertThat(test.view().leased()).as("1, 9 and 10").isEqualTo(3);
  }

  @Test
  void suspectsNobodyAfterARestartOfTheRelay() throws Exception {
    arrive(100);
    test.lease(Order.NONE, 100);
    test.restart();
    assertThat(test.lease(Order.NONE, 100)).hasSize(100);
  }

  @Test
  void knowsAfterARestartWhatRanOutAlone() throws Exception {
    arrive(1);
    test.lease(Order.NONE, 1);
    test.runOut();
    test.restart();
    arrive(1);
    List<LeasedCapture> alone = test.captures(Order.NONE, 10);
    assertThat(alone).extracting(LeasedCapture::offset).containsExactly(1L);
    assertThat(alone).extracting(LeasedCapture::attempt).containsExactly(2);
  }

  @Test
  void countsAnAttemptOnlyWhereThereWereNoNeighbours() throws Exception {
    test.arrive("a", "b", "a");
    test.lease(Order.SESSION, 2);
    test.group.settle(1, delivered(1));
    test.more(1, 1);
    test.group.settle(1, delivered(2));
    test.runOut(); // what is left had neighbours
    List<LeasedCapture> again = test.captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(1);
    test.runOut();
    again = test.captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(2);
  }

  @Test
  void addsNothingThatRanOutToALeaseWithOthers() throws Exception {
    test.arrive("a", "b", "c");
    test.lease(Order.SESSION, 1);
    test.lease(Order.SESSION, 1);
    test.group.extend(1, TestGroup.LEASE.multipliedBy(2));
    test.runOut(); // lease 2 has, lease 1 has not
    test.group.settle(1, done());
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(1L, 3L);
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2L);
  }

  @Test
  void buriesWhatKillsItsPlayersAlone() throws Exception {
    arrive(3);
    for (int death = 0; death <= Endings.RUN_OUTS_UNTIL_DEAD; death++) {
      List<Long> held = test.lease(Order.NONE, 10);
      while (!held.contains(2L)) {
        deliver(held);
        held = test.lease(Order.NONE, 10);
      }
      test.runOut();
    }
    assertThat(test.buried()).extracting(DeadCapture::offset).containsExactly(2L);
    assertThat(test.view().open()).isEqualTo(0);
  }
}
