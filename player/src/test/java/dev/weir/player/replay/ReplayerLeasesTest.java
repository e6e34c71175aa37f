package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Headers;
import dev.weir.player.feed.FaultyFeed.Cut;
import dev.weir.player.feed.LateFeed;
import dev.weir.player.target.Attempts;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.script.PlayerHook;
import dev.weir.wire.LeaseRequest.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a replay keeps leases, and what it does when the feed fails it. */
class ReplayerLeasesTest extends ReplayRig {
  @Test
  void holdsNoMoreThanTwoBatches() {
    target.hold();
    for (int i = 0; i < 1000; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }

    advance(Duration.ofSeconds(5));

    assertThat(target.held()).hasSize(16);
    assertThat(replayer.state(List.of()).leased()).isEqualTo(64);
  }

  @Test
  void holdsNoMoreBytesThanTwoBatches() {
    target.hold();
    String body = "x".repeat(4 << 20);
    for (int i = 0; i < 40; i++) {
      bucket.add(capture("s" + i, Attempts.request("POST", "/", Headers.NONE, body)));
    }

    advance(Duration.ofSeconds(5));

    assertThat(replayer.state(List.of()).leased()).isBetween(4L, 8L);
  }

  @Test
  void keepsLeasesAliveWhileTheirCapturesAreUnderWay() {
    target.hold();
    bucket.add(capture("s", "/0"), capture("s", "/1"));

    advance(Duration.ofMinutes(10));
    assertThat(target.attempts()).hasSize(1);
    target.release(0);
    advance(Duration.ofMillis(10));
    target.release(0);
    advance(Duration.ofSeconds(1));

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(target.attempts()).hasSize(2);
  }

  @Test
  void startsNothingOfALeaseThatCannotBeKept() {
    target.hold();
    bucket.add(capture("s", "/0"), capture("s", "/1"));
    advance(Duration.ofSeconds(1));
    feed.cut(Cut.BEFORE);
    advance(Duration.ofSeconds(55));

    target.release(0);
    advance(Duration.ofSeconds(1));
    assertThat(target.targets()).containsExactly("/0");

    feed.cut(Cut.NOWHERE);
    advance(Duration.ofMinutes(2));
    target.release(0);
    advance(Duration.ofSeconds(1));

    assertThat(target.targets()).containsExactly("/0", "/1");
    assertThat(bucket.fates()).containsOnly("delivered");
  }

  @Test
  void settlesAgainWhatWasNotAcknowledged() {
    target.hold();
    bucket.add(capture("s", "/0"));
    advance(Duration.ofMillis(100));
    feed.cut(Cut.AFTER);
    target.release(0);
    advance(Duration.ofSeconds(5));
    assertThat(bucket.fate(1)).isEqualTo("delivered");
    int calls = feed.calls();
    feed.cut(Cut.NOWHERE);
    bucket.add(capture("s", "/1"));
    advance(Duration.ofSeconds(30));

    assertThat(feed.calls()).isGreaterThan(calls);
    assertThat(target.targets()).containsExactly("/0", "/1");
  }

  @Test
  void leavesTheFeedAloneForLongerAndLongerWhileItFails() {
    feed.cut(Cut.BEFORE);

    advance(Duration.ofMinutes(10));

    assertThat(feed.calls()).isBetween(15, 120);
  }

  @Test
  void deliversNothingTwiceWhenTheRelayHasForgottenItsLeases() {
    target.hold();
    for (int i = 0; i < 40; i++) {
      bucket.add(capture("s" + i % 4, "/" + i));
    }
    advance(Duration.ofSeconds(1));
    bucket.forgetLeases();
    while (bucket.fates().contains("")) {
      if (!target.held().isEmpty()) {
        target.release(0);
      }
      advance(Duration.ofMillis(100));
    }

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(target.attempts()).hasSize(40);
  }

  @Test
  void deliversAgainWhatIsRewoundLaterThoughItsSettlementWasInDoubt() {
    target.hold();
    bucket.add(capture("s", "/0"));
    advance(Duration.ofSeconds(1));
    feed.cut(Cut.AFTER);
    target.release(0);
    advance(Duration.ofSeconds(1));
    assertThat(bucket.fate(1)).isEqualTo("delivered");
    bucket.forgetLeases();
    feed.cut(Cut.NOWHERE);
    advance(Duration.ofMinutes(10));

    bucket.rewind(1);
    advance(Duration.ofSeconds(5));

    assertThat(target.targets()).containsExactly("/0", "/0");
  }

  @Test
  void handsBackOnceItIsClosedAndWaitsForWhatIsUnderWay() {
    target.hold();
    bucket.add(capture("a", "/a0"), capture("a", "/a1"), capture("b", "/b0"));
    advance(Duration.ofSeconds(1));

    replayer.close();
    advance(Duration.ofMillis(10));
    assertThat(bucket.isLeased(1)).isTrue();
    assertThat(bucket.isLeased(2)).isFalse();
    target.release(0);
    advance(Duration.ofSeconds(3));
    assertThat(bucket.fates()).containsExactly("delivered", "", "");
    assertThat(bucket.isLeased(3)).isTrue();
    advance(Duration.ofSeconds(3));

    assertThat(bucket.isLeased(3)).isFalse();
    assertThat(bucket.attempts(3)).isEqualTo(1);
    assertThat(bucket.attempts(2)).isZero();
    assertThat(target.attempts()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void keepsTheOrderHoweverLateTheFeedHearsAndAnswers(int seed) {
    Random random = new Random(seed);
    LateFeed late = new LateFeed(bucket);
    replayer = replayer(late, Order.SESSION, 16, null, PlayerHook.NONE, true);
    Map<String, List<Long>> delivered = new HashMap<>();
    Set<Long> failedOnce = new HashSet<>();
    target.judge(attempt -> {
      if (random.nextInt(8) == 0 && failedOnce.add(attempt.id().seq())) {
        return new Retry("once");
      }
      delivered
          .computeIfAbsent(attempt.capture().session(), s -> new ArrayList<>())
          .add(attempt.id().seq());
      return new Delivered(null);
    });
    target.hold();
    int count = 0;
    while (count < 600 || bucket.fates().contains("")) {
      for (int i = random.nextInt(12); i > 0 && count < 600; i--) {
        bucket.add(capture("s" + random.nextInt(6), "/" + count++));
      }
      for (int i = random.nextInt(12); i > 0 && !target.held().isEmpty(); i--) {
        target.release(random.nextInt(target.held().size()));
        late.goOn(random);
        advance(Duration.ofMillis(random.nextInt(20)));
      }
      late.goOn(random);
      advance(Duration.ofMillis(random.nextInt(200)));
    }

    assertThat(failedOnce).isNotEmpty();
    assertThat(late.grown()).as("answers that added to a lease").isPositive();
    delivered.values().forEach(offsets -> assertThat(offsets).isSorted().doesNotHaveDuplicates());
    assertThat(delivered.values().stream().mapToInt(List::size).sum()).isEqualTo(600);
  }

  @Test
  void handsBackWhatALostAnswerMayHaveAdded() {
    target.hold();
    bucket.add(capture("a", "/a0"));
    advance(Duration.ofSeconds(1));
    bucket.add(capture("a", "/a1"));
    feed.cut(Cut.AFTER);
    advance(Duration.ofSeconds(3));
    feed.cut(Cut.NOWHERE);
    assertThat(bucket.isLeased(2)).as("added, and the player does not know").isTrue();

    target.release(0);
    advance(Duration.ofSeconds(40));

    assertThat(bucket.fate(1)).isEqualTo("delivered");
    assertThat(target.held()).singleElement().satisfies(held -> {
      assertThat(held.attempt().capture().request().target()).isEqualTo("/a1");
      assertThat(held.attempt().number()).isEqualTo(1);
    });
  }
}
