package dev.weir.relay.lease;

import static dev.weir.relay.Samples.delivered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.store.DeadCapture;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Players that die of some captures, with all that they have on lease: these end up dead, and
 * nothing else does.
 */
class PoisonModelTest {
  private static final int CAPTURES = 2_000;
  private static final int PLAYERS = 2;

  /** On lease: 500, 62, 7, then five times alone; and what was a lease of one at once. */
  private static final int DEATHS_EACH = 9;

  private final TestGroup test = new TestGroup();
  private final Set<Long> poison = new TreeSet<>();
  private final List<Map<Long, List<Long>>> players = new ArrayList<>();
  private Random random = new Random();
  private Order order = Order.NONE;
  private int arrived;
  private int deaths;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void buriesWhatKillsAndNothingElse(long seed) throws Exception {
    random = new Random(seed);
    order = seed % 2 == 0 ? Order.SESSION : Order.NONE;
    for (int i = 0; i <= seed % 3; i++) {
      poison.add(1 + (long) random.nextInt(CAPTURES));
    }
    for (int i = 0; i < PLAYERS; i++) {
      players.add(new LinkedHashMap<>());
    }
    for (int i = 0; i < 20_000 && (arrived < CAPTURES || test.view().open() > 0); i++) {
      arrive(random.nextInt(20));
      Map<Long, List<Long>> player = players.get(random.nextInt(PLAYERS));
      lease(player);
      work(player);
      assertThat(test.view().imbalance()).isZero();
    }
    assertThat(test.view().delivered()).isEqualTo(CAPTURES - poison.size());
    assertThat(test.buried())
        .extracting(DeadCapture::offset)
        .containsExactlyInAnyOrderElementsOf(poison);
    assertThat(deaths).isLessThanOrEqualTo(DEATHS_EACH * poison.size());
  }

  private void arrive(int most) throws IOException {
    String[] sessions = new String[Math.min(most, CAPTURES - arrived)];
    for (int i = 0; i < sessions.length; i++) {
      sessions[i] = "s" + random.nextInt(50);
    }
    test.arrive(sessions);
    arrived += sessions.length;
  }

  /** Two leases at most, of which one may grow. */
  private void lease(Map<Long, List<Long>> player) throws IOException {
    long held = player.values().stream().mapToInt(List::size).sum();
    if (held > 500) {
      return;
    }
    long onto = player.keySet().stream().findFirst().orElse(Group.NO_LEASE);
    Group.Grant grant =
        test.group.lease(++test.leases, TestGroup.request(order, 1 + random.nextInt(500)), onto);
    if (grant != null) {
      List<Long> captures = player.computeIfAbsent(grant.lease(), lease -> new ArrayList<>());
      for (LeasedCapture capture : grant.captures()) {
        captures.add(capture.offset());
      }
    }
  }

  /** Tries some captures of each lease, in order. */
  private void work(Map<Long, List<Long>> player) throws IOException {
    for (Map.Entry<Long, List<Long>> lease : Map.copyOf(player).entrySet()) {
      List<Long> captures = lease.getValue();
      List<Long> tried = captures.subList(0, Math.min(random.nextInt(300), captures.size()));
      if (tried.stream().anyMatch(poison::contains)) {
        die(player);
        return;
      }
      test.group.settle(
          lease.getKey(), delivered(tried.stream().mapToLong(Long::longValue).toArray()));
      tried.clear();
      if (captures.isEmpty()) {
        player.remove(lease.getKey());
      }
    }
  }

  /** Its leases run out; those of the others are extended. */
  private void die(Map<Long, List<Long>> player) throws IOException {
    deaths++;
    player.clear();
    for (Map<Long, List<Long>> other : players) {
      other
          .keySet()
          .forEach(lease -> assertThat(test.group.extend(lease, TestGroup.LEASE.multipliedBy(2)))
              .isTrue());
    }
    test.runOut();
  }
}
