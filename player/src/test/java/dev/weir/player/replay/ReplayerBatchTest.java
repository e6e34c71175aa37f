package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.player.target.Attempts;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.player.target.RecordingTarget;
import dev.weir.player.target.Target;
import dev.weir.script.Hook;
import dev.weir.script.PlayerHook;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest.Order;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A replay that gathers batches, and one that has several targets. */
class ReplayerBatchTest extends ReplayRig {
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final RecordingTarget other = new RecordingTarget();

  /** Joins the paths of a batch in one request, or fails on the word "bad". */
  private static final class Joining implements PlayerHook {
    private final Function<Capture, String> chosen;

    Joining(Function<Capture, String> chosen) {
      this.chosen = chosen;
    }

    @Override
    public Result run(Capture capture) {
      return new Result.Kept(
          List.of(new Hook.Emission(capture, Set.of(), chosen.apply(capture), Duration.ZERO)));
    }

    @Override
    public Result batch(List<Capture> captures) {
      String all =
          captures.stream().map(each -> each.request().target()).collect(Collectors.joining(","));
      if (all.contains("bad")) {
        return new Result.Failed("batch.lua:3: bad");
      }
      if (all.contains("none")) {
        return new Result.Dropped("nobody wants them");
      }
      Capture joined =
          Attempts.of(Attempts.request("POST", "/bulk", Headers.NONE, all)).capture();
      return new Result.Kept(List.of(new Hook.Emission(joined, Set.of())));
    }
  }

  private Replayer replayer(@Nullable BatchRules batch, boolean mayChange) {
    Replay config = new Replay(
        new BucketName("shop"),
        new GroupName("default"),
        Order.SESSION,
        4,
        null,
        Duration.ofSeconds(60),
        List.of(),
        new RetryRules(20, Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofSeconds(2)),
        batch,
        new NoConfig(mayChange),
        Map.of("other", new NoConfig(true)));
    Targets targets = new Targets(
        new Targets.Choice(target, config.target()),
        Map.of("other", new Targets.Choice(other, new NoConfig(true))));
    PlayerHook hook =
        new Joining(each -> each.request().target().startsWith("/other") ? "other" : null);
    return new Replayer(config, bucket, targets, hook, () -> now, new Random(7));
  }

  private Replayer gathering(int captures) {
    return replayer(new BatchRules(captures, ByteSize.ofMegabytes(1), WAIT), true);
  }

  private static Capture get(String session, String path) {
    return Attempts.get(session, path).capture();
  }

  private static Capture post(String path) {
    return Attempts.of(Attempts.request("POST", path, Headers.NONE, "")).capture();
  }

  private static String body(Target.Attempt attempt) {
    return new String(attempt.capture().request().body().bytes(), StandardCharsets.UTF_8);
  }

  private List<Integer> sizes() {
    return target.attempts().stream().map(each -> body(each).split(",").length).toList();
  }

  @Test
  void sendsABatchOnceThereAreEnoughOrTheFirstHasWaited() {
    replayer = gathering(100);
    for (int i = 0; i < 250; i++) {
      bucket.add(get("s" + i % 7, "/" + i));
    }

    advance(Duration.ofSeconds(2));
    assertThat(sizes()).containsExactly(100, 100);
    assertThat(replayer.state(List.of()).delivered()).isEqualTo(200);

    advance(WAIT);
    assertThat(sizes()).containsExactly(100, 100, 50);
    assertThat(bucket.fates()).containsOnly("delivered");
  }

  @Test
  void keepsTheOrderOfASessionInABatchAndBetweenBatches() {
    replayer = gathering(3);
    target.hold();
    for (int i = 0; i < 5; i++) {
      bucket.add(get("s", "/" + i));
    }

    advance(WAIT.multipliedBy(2));
    assertThat(target.attempts()).hasSize(1);
    target.release(0);
    advance(WAIT.multipliedBy(2));

    assertThat(target.attempts().stream().map(ReplayerBatchTest::body))
        .containsExactly("/0,/1,/2", "/3,/4");
  }

  @Test
  void triesTheCapturesOfAFailedBatchOneByOne() {
    replayer = gathering(10);
    target.judge(attempt -> body(attempt).contains("/7") && attempt.number() < 3
        ? new Retry("503")
        : new Delivered(null));
    for (int i = 0; i < 10; i++) {
      bucket.add(get("s" + i, "/" + i));
    }

    advance(Duration.ofMinutes(2));

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(sizes().get(0)).isEqualTo(10);
    assertThat(sizes().subList(1, sizes().size())).hasSize(11).containsOnly(1);
  }

  @Test
  void triesThoseOfOneSessionOneByOneToo() {
    replayer = gathering(10);
    target.judge(attempt -> target.attempts().size() == 1 ? new Retry("503") : new Delivered(null));
    for (int i = 0; i < 10; i++) {
      bucket.add(get("s", "/" + i));
    }

    advance(Duration.ofMinutes(2));

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(sizes()).hasSize(11).startsWith(10).endsWith(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    assertThat(target.attempts().stream().skip(1).map(ReplayerBatchTest::body))
        .containsExactly("/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9");
  }

  @Test
  void letsNoCaptureThatTheScriptFailsOnTakeOthersWithIt() {
    replayer = gathering(10);
    for (int i = 0; i < 10; i++) {
      bucket.add(get("s" + i, i == 4 ? "/bad" : "/" + i));
    }

    advance(Duration.ofMinutes(2));

    assertThat(bucket.fates().stream().filter("delivered"::equals)).hasSize(9);
    assertThat(bucket.fates().get(4)).startsWith("dead");
    assertThat(replayer.state(List.of()).lastError()).contains("batch.lua:3: bad");
  }

  @Test
  void filtersABatchThatTheScriptDrops() {
    replayer = gathering(2);
    bucket.add(get("s", "/none"));
    bucket.add(get("s", "/2"));

    advance(Duration.ofSeconds(1));

    assertThat(target.attempts()).isEmpty();
    assertThat(replayer.state(List.of()).filtered()).isEqualTo(2);
  }

  @Test
  void handsBackWhatItHasGatheredWhenItEnds() {
    replayer = gathering(100);
    bucket.add(get("s", "/1"));
    advance(Duration.ofSeconds(1));
    assertThat(bucket.isLeased(1)).isTrue();

    replayer.drain();
    advance(Duration.ofSeconds(1));

    assertThat(bucket.isLeased(1)).isFalse();
    assertThat(bucket.attempts(1)).isZero();
    assertThat(target.attempts()).isEmpty();
  }

  @Test
  void goesToTheTargetThatTheScriptChoosesUnderItsRules() {
    replayer = replayer(null, false);
    bucket.add(post("/other/1"));
    bucket.add(post("/2"));
    bucket.add(get("s", "/3"));

    advance(Duration.ofSeconds(1));

    assertThat(other.targets()).containsExactly("/other/1");
    assertThat(target.targets()).containsExactly("/3");
    assertThat(replayer.state(List.of()).filtered()).as("unsafe there").isEqualTo(1);
  }
}
