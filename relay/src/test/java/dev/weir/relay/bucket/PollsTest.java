package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Budget;
import dev.weir.relay.lease.Group;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Players that wait together, and the room that their leases take. */
class PollsTest {
  private static final int PLAYERS = 20;
  private static final int MOST = 1_000;

  private final TestBucket test = new TestBucket();
  private final Budget room = new Budget(new ByteSize(2 * MOST));

  private List<CompletableFuture<Optional<Group.Grant>>> ask() {
    List<CompletableFuture<Optional<Group.Grant>>> polls = new ArrayList<>();
    for (int i = 0; i < PLAYERS; i++) {
      LeaseRequest request =
          new LeaseRequest(new GroupName("default"), "p" + i, Order.NONE, 1, MOST, 60_000, 10_000);
      polls.add(test.bucket.lease(request, Group.NO_LEASE, room));
    }
    return polls;
  }

  private static long granted(List<CompletableFuture<Optional<Group.Grant>>> polls) {
    return polls.stream()
        .filter(CompletableFuture::isDone)
        .mapToLong(poll -> poll.join().orElseThrow().bytes())
        .sum();
  }

  @Test
  void leasesNoMoreThanThereIsRoomForAndTheRestOnceThereIs() {
    List<CompletableFuture<Optional<Group.Grant>>> polls = ask();
    test.ship(PLAYERS);

    long taken = granted(polls);
    assertThat(taken).isPositive().isLessThanOrEqualTo(2 * MOST);
    assertThat(room.taken().bytes()).isEqualTo(taken);
    assertThat(test.bucket.view().polls()).isPositive();
    assertThat(test.bucket.step()).isPositive().isLessThanOrEqualTo(Polls.CROWDED_FOR);

    for (int i = 0; i < PLAYERS && test.bucket.view().polls() > 0; i++) {
      room.release(room.taken().bytes());
      test.bucket.step();
    }
    assertThat(polls).allMatch(CompletableFuture::isDone);
    assertThat(test.group("default").leased()).isEqualTo(PLAYERS);
  }

  @Test
  void refusesWhoFindsNoRoomInTime() {
    assertThat(room.take(2 * MOST)).isTrue();
    test.ship(1);
    List<CompletableFuture<Optional<Group.Grant>>> polls = ask();
    test.pass(Duration.ofSeconds(10));

    assertThat(polls)
        .allSatisfy(poll -> assertThat(poll)
            .isCompletedExceptionally()
            .failsWithin(Duration.ZERO)
            .withThrowableThat()
            .withMessageContaining("on their way to players"));
    assertThat(room.taken().bytes()).isEqualTo(2 * MOST);
  }

  @Test
  void takesNoRoomForWhoHasLeft() {
    List<CompletableFuture<Optional<Group.Grant>>> polls = ask();
    test.bucket.step();
    polls.forEach(test.bucket::abandon);
    test.ship(1);

    assertThat(room.taken().bytes()).isZero();
    assertThat(test.group("default").waiting()).isEqualTo(1);
  }
}
