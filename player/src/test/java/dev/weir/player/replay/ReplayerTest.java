package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.player.target.Target;
import dev.weir.script.Hook;
import dev.weir.script.PlayerHook;
import dev.weir.unit.Rate;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a replay makes of captures: order, pace, outcomes. */
class ReplayerTest extends ReplayRig {
  @Test
  void deliversAndSettlesManyAtOnce() {
    for (int i = 0; i < 300; i++) {
      bucket.add(capture("s" + i % 20, "/" + i));
    }

    advance(Duration.ofSeconds(2));

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(target.attempts()).hasSize(300);
    assertThat(bucket.settlements()).hasSizeLessThan(20);
    assertThat(bucket.liveLeases()).isZero();
    assertThat(replayer.state(List.of()).delivered()).isEqualTo(300);
    assertThat(replayer.state(List.of()).leased()).isEqualTo(300);
  }

  @Test
  void sleepsWhileThereIsNothingToDo() {
    advance(Duration.ofMinutes(10));

    assertThat(steps).isLessThan(2_000);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void keepsTheOrderWhateverComesBackFirst(Order order) {
    use(order);
    Random random = new Random(42);
    Map<String, List<Long>> delivered = new HashMap<>();
    Set<Long> failedOnce = new java.util.HashSet<>();
    target.judge(attempt -> {
      if (random.nextInt(10) == 0 && failedOnce.add(attempt.id().seq())) {
        return new Retry("once");
      }
      delivered
          .computeIfAbsent(attempt.capture().session(), s -> new ArrayList<>())
          .add(attempt.id().seq());
      return new Delivered(null);
    });
    target.hold();
    for (int i = 0; i < 400; i++) {
      bucket.add(capture("s" + random.nextInt(12), "/" + i));
    }

    int most = 0;
    while (bucket.fates().contains("")) {
      List<String> sessions =
          target.held().stream().map(h -> h.attempt().capture().session()).toList();
      most = Math.max(most, sessions.size());
      if (order == Order.SESSION) {
        assertThat(sessions).doesNotHaveDuplicates();
      }
      if (!sessions.isEmpty()) {
        target.release(random.nextInt(sessions.size()));
      }
      advance(Duration.ofMillis(random.nextInt(40)));
    }

    assertThat(failedOnce).isNotEmpty();
    assertThat(most)
        .isEqualTo(
            switch (order) {
              case SESSION -> 12;
              case BUCKET -> 1;
              case NONE -> 16;
            });
    if (order != Order.NONE) {
      delivered.values().forEach(offsets -> assertThat(offsets).isSorted());
    }
  }

  @Test
  void startsNoMoreThanTheRateAllows() {
    replayer = replayer(Order.NONE, 16, new Rate(50), PlayerHook.NONE, true);
    for (int i = 0; i < 1000; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }

    advance(Duration.ofSeconds(4));

    assertThat(target.attempts()).hasSizeBetween(195, 210);
  }

  @Test
  void countsEachPartOfASplitCaptureAgainstTheRate() {
    PlayerHook split = capture ->
        new Hook.Result.Kept(List.of(emission(capture), emission(capture), emission(capture)));
    replayer = replayer(Order.NONE, 16, new Rate(50), split, true);
    for (int i = 0; i < 1000; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }

    advance(Duration.ofSeconds(4));

    assertThat(target.attempts()).hasSizeBetween(195, 210);
  }

  @Test
  void triesAgainLaterAndCountsTheAttempts() {
    target.judge(attempt -> attempt.number() < 4 ? new Retry("not yet") : new Delivered(null));
    bucket.add(capture("s", "/"));

    advance(Duration.ofMillis(900));
    assertThat(target.attempts()).hasSize(1);
    advance(Duration.ofSeconds(60));

    assertThat(target.attempts()).extracting(Target.Attempt::number).containsExactly(1, 2, 3, 4);
    assertThat(bucket.fate(1)).isEqualTo("delivered");
    assertThat(replayer.state(List.of()).retried()).isEqualTo(3);
    assertThat(replayer.state(List.of()).lastError()).isEqualTo("not yet");
  }

  @Test
  void waitsAsLongAsTheTargetAsks() {
    target.judge(attempt -> attempt.number() == 1
        ? new Retry("busy", Duration.ofSeconds(90), null)
        : new Delivered(null));
    bucket.add(capture("s", "/"));

    advance(Duration.ofSeconds(89));
    assertThat(target.attempts()).hasSize(1);
    advance(Duration.ofSeconds(5));

    assertThat(target.attempts()).hasSize(2);
  }

  @Test
  void handsBackTheRestOfASessionWhoseCaptureMustWait() {
    target.judge(
        attempt -> attempt.number() == 1 && attempt.capture().request().target().equals("/a1")
            ? new Retry("once")
            : new Delivered(null));
    bucket.add(capture("a", "/a0"), capture("a", "/a1"), capture("a", "/a2"), capture("b", "/b0"));

    advance(Duration.ofMillis(200));
    assertThat(bucket.fates()).containsExactly("delivered", "", "", "delivered");
    assertThat(bucket.isLeased(3)).isFalse();
    advance(Duration.ofSeconds(10));

    assertThat(target.targets()).containsSubsequence("/a0", "/a1", "/a1", "/a2");
    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(bucket.attempts(3)).isZero();
  }

  @Test
  void givesUpAfterTheLastAttemptAndTellsWhatTheTargetSaid() {
    Response answer = new Response(
        500,
        "HTTP/1.1",
        Headers.NONE,
        Body.of("oops".getBytes(StandardCharsets.UTF_8)),
        Headers.NONE,
        Duration.ZERO);
    target.judge(attempt -> new Retry("it answered 500", null, answer));
    bucket.add(capture("s", "/"));

    advance(Duration.ofHours(2));

    assertThat(target.attempts()).hasSize(5);
    assertThat(bucket.fate(1)).isEqualTo("dead: gave up after 5 attempts: it answered 500");
    Settlement.Dead dead = bucket.settlements().get(4).dead().get(0);
    assertThat(dead.status()).isEqualTo(500);
    assertThat(dead.answer()).isEqualTo("oops".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void buriesWhatTheTargetWillNeverTakeAndGoesOnWithTheSession() {
    target.judge(attempt -> attempt.capture().request().target().equals("/bad")
        ? new Dead("body truncated")
        : new Delivered(null));
    bucket.add(capture("s", "/bad"), capture("s", "/good"));

    advance(Duration.ofSeconds(1));

    assertThat(bucket.fates()).containsExactly("dead: body truncated", "delivered");
  }

  @Test
  void buriesWhatIsNoCapture() {
    bucket.add("s", new byte[] {1, 2, 3});
    bucket.add(capture("s", "/"));

    advance(Duration.ofSeconds(1));

    assertThat(bucket.fate(1)).startsWith("dead: malformed capture: ");
    assertThat(bucket.fate(2)).isEqualTo("delivered");
  }

  @Test
  void takesATargetThatThrowsForAFailure() {
    target.judge(attempt -> {
      throw new IllegalStateException("broken");
    });
    bucket.add(capture("s", "/"));

    advance(Duration.ofMillis(500));

    assertThat(replayer.state(List.of()).retried()).isEqualTo(1);
    assertThat(replayer.state(List.of()).lastError()).contains("broken");
  }

  @Test
  void usesUpNoAttemptsWithProbes() {
    target.judge(attempt -> new Retry("connection refused"));
    for (int i = 0; i < 20; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }
    advance(Duration.ofSeconds(1));
    assertThat(replayer.state(List.of()).circuit()).isEqualTo("open");
    List<Integer> attempts =
        LongStream.rangeClosed(1, 20).mapToObj(bucket::attempts).toList();
    int tried = target.attempts().size();

    advance(Duration.ofHours(6));

    assertThat(target.attempts().size()).isGreaterThan(tried + 100);
    assertThat(LongStream.rangeClosed(1, 20).mapToObj(bucket::attempts)).isEqualTo(attempts);
    assertThat(bucket.fates()).containsOnly("");
  }

  @Test
  void stopsTryingWhenTheTargetIsDownAndProbesUntilItIsBack() {
    boolean[] up = {false};
    target.judge(attempt -> up[0] ? new Delivered(null) : new Retry("connection refused"));
    for (int i = 0; i < 500; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }

    advance(Duration.ofSeconds(1));
    assertThat(replayer.state(List.of()).circuit()).isEqualTo("open");
    assertThat(target.attempts()).hasSizeBetween(10, 32);
    for (long offset = 100; offset <= 500; offset++) {
      assertThat(bucket.isLeased(offset)).isFalse();
    }

    int before = target.attempts().size();
    advance(Duration.ofMinutes(5));
    assertThat(target.attempts().size() - before).isBetween(5, 15);

    up[0] = true;
    advance(Duration.ofMinutes(15));
    assertThat(replayer.state(List.of()).circuit()).isEqualTo("closed");
    assertThat(bucket.fates()).containsOnly("delivered");
  }
}
