package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.player.feed.FaultyFeed;
import dev.weir.player.feed.FaultyFeed.Cut;
import dev.weir.player.feed.InMemoryFeed;
import dev.weir.player.target.Attempts;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.player.target.RecordingTarget;
import dev.weir.player.target.Target;
import dev.weir.player.target.TargetConfig;
import dev.weir.player.target.TargetContext;
import dev.weir.script.Hook;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Verdict;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replay between a bucket in memory and a target that records, with a clock set by hand. */
class ReplayerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MOST_STEPS = 100_000;

  private long now = 1_000_000;
  private int steps;
  private InMemoryFeed bucket = new InMemoryFeed(Order.SESSION, () -> now);
  private FaultyFeed feed = new FaultyFeed(bucket);
  private final RecordingTarget target = new RecordingTarget();
  private Replayer replayer = replayer(Order.SESSION, 16, null, PlayerHook.NONE, true);

  @Test
  void deliversAndSettlesManyAtOnce() {
    for (int i = 0; i < 300; i++) {
      bucket.add(capture("s" + i % 20, "/" + i));
    }

    advance(Duration.ofSeconds(2));

    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(target.attempts()).hasSize(300);
    assertThat(bucket.settlements()).hasSizeLessThan(20);
    assertThat(bucket.settlements().get(bucket.settlements().size() - 1).done()).isTrue();
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
  void startsNoMoreThanTheRateAllows() {
    replayer = replayer(Order.NONE, 16, new Rate(50), PlayerHook.NONE, true);
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

  @Test
  void filtersWhatWasReplayedFromThisBucketBefore() {
    bucket.add(
        capture("s", Attempts.request("GET", "/", Headers.of("weir-hop", "other, shop"), "")),
        capture("s", Attempts.request("GET", "/", Headers.of("weir-hop", "other, shopping"), "")));

    advance(Duration.ofSeconds(1));

    assertThat(bucket.fates()).containsExactly("filtered: loop", "delivered");
    assertThat(replayer.state(List.of()).filtered()).isEqualTo(1);
  }

  @Test
  void filtersUnsafeMethodsForATargetThatMustNotChange() {
    replayer = replayer(Order.SESSION, 16, null, PlayerHook.NONE, false);
    for (String method : List.of("GET", "HEAD", "OPTIONS", "TRACE", "POST", "DELETE", "get")) {
      bucket.add(capture("s", Attempts.request(method, "/", Headers.NONE, "")));
    }

    advance(Duration.ofSeconds(1));

    String unsafe = "filtered: unsafe-method";
    assertThat(bucket.fates())
        .containsExactly(
            "delivered", "delivered", "delivered", "delivered", unsafe, unsafe, unsafe);
  }

  @Test
  void letsTheHookDropChangeSplitAndFail() {
    PlayerHook hook = capture -> switch (capture.request().target()) {
      case "/drop" -> new Hook.Result.Dropped("unwanted");
      case "/split" ->
        new Hook.Result.Kept(
            List.of(emission(capture("s", "/one")), emission(capture("s", "/two"))));
      case "/fail" -> new Hook.Result.Failed("hook.lua:3: nil");
      default -> new Hook.Result.Kept(List.of(emission(capture)));
    };
    replayer = replayer(Order.SESSION, 16, null, hook, true);
    bucket.add(
        capture("a", "/drop"), capture("b", "/split"), capture("c", "/fail"), capture("d", "/d"));

    advance(Duration.ofMinutes(5));

    assertThat(bucket.fates())
        .containsExactly("filtered: unwanted", "delivered", "dead: hook.lua:3: nil", "delivered");
    assertThat(target.targets()).containsExactlyInAnyOrder("/one", "/two", "/d");
    assertThat(bucket.attempts(3)).isEqualTo(2);
  }

  @Test
  void sendsAllPartsAgainWhenOneMustWait() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        capture -> new Hook.Result.Kept(
            List.of(emission(capture("s", "/one")), emission(capture("s", "/two")))),
        true);
    target.judge(
        attempt -> attempt.number() == 1 && attempt.capture().request().target().equals("/two")
            ? new Retry("once")
            : new Delivered(null));
    bucket.add(capture("s", "/"));

    advance(Duration.ofMinutes(1));

    assertThat(target.targets()).containsExactly("/one", "/two", "/one", "/two");
    assertThat(bucket.fate(1)).isEqualTo("delivered");
  }

  @Test
  void namesThePartsOfASplitCaptureApart() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        capture -> new Hook.Result.Kept(
            List.of(emission(capture("s", "/one")), emission(capture("s", "/two")))),
        true);
    bucket.add(capture("s", "/"), capture("s", "/"));

    advance(Duration.ofSeconds(1));

    assertThat(target.attempts())
        .extracting(Target.Attempt::id)
        .doesNotHaveDuplicates()
        .hasSize(4);
    assertThat(target.attempts().get(0).id().copy()).isEqualTo(1);
  }

  @Test
  void holdsBackWhatTheHookDelaysAndCountsNoAttempt() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        capture -> new Hook.Result.Kept(
            List.of(new Hook.Emission(capture, Set.of(), null, Duration.ofSeconds(30)))),
        true);
    bucket.add(capture("a", "/a0"), capture("a", "/a1"));

    advance(Duration.ofSeconds(29));
    assertThat(target.attempts()).isEmpty();
    assertThat(bucket.isLeased(1)).isFalse();
    advance(Duration.ofSeconds(2));
    assertThat(target.targets()).containsExactly("/a0");
    advance(Duration.ofSeconds(31));

    assertThat(target.targets()).containsExactly("/a0", "/a1");
    assertThat(target.attempts()).extracting(Target.Attempt::number).containsOnly(1);
    assertThat(bucket.fates()).containsOnly("delivered");
    assertThat(replayer.state(List.of()).retried()).isZero();
  }

  @Test
  void letsTheHookJudgeTheAnswer() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        judging((sent, answer) -> {
          return switch (sent.request().target()) {
            case "/true" -> new Verdict.Delivered(answer);
            case "/fail" -> new Verdict.Dead("no such user", answered(418, "edited"));
            case "/again" -> new Verdict.Retry(Duration.ofSeconds(40), "unauthorized", answer);
            default -> new Verdict.Unjudged(answered(502, "edited"));
          };
        }),
        true);
    target.judge(
        attempt -> attempt.capture().request().target().equals("/again") && attempt.number() == 1
            ? new Delivered(answered(401, ""))
            : new Retry("it answered 500", null, answered(500, "oops")));
    bucket.add(
        capture("a", "/true"), capture("b", "/fail"), capture("c", "/again"), capture("d", "/d"));

    advance(Duration.ofSeconds(39));
    assertThat(target.targets()).containsOnlyOnce("/again");
    assertThat(bucket.fate(1)).isEqualTo("delivered");
    assertThat(bucket.fate(2)).isEqualTo("dead: no such user");
    Settlement.Dead dead = buried().get(0);
    assertThat(dead.status()).isEqualTo(418);
    assertThat(dead.answer()).isEqualTo("edited".getBytes(StandardCharsets.UTF_8));
    advance(Duration.ofHours(2));

    assertThat(target.targets().stream().filter("/again"::equals)).hasSizeGreaterThan(1);
    assertThat(bucket.fate(4)).isEqualTo("dead: gave up after 5 attempts: it answered 500");
    assertThat(buried()).extracting(Settlement.Dead::status).contains(502);
  }

  @Test
  void buriesWhatTheHookCannotJudgeAfterThreeAttempts() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        judging((sent, answer) -> new Verdict.Failed("judge.lua:2: nil", answer)),
        true);
    target.judge(attempt -> new Delivered(answered(200, "x".repeat(5_000))));
    for (int i = 0; i < 12; i++) {
      bucket.add(capture("s" + i, "/"));
    }

    advance(Duration.ofMinutes(5));

    assertThat(bucket.fates()).containsOnly("dead: judge.lua:2: nil");
    assertThat(target.attempts()).hasSize(36);
    assertThat(buried()).allMatch(dead -> dead.answer().length == 4_096);
    assertThat(replayer.state(List.of()).circuit()).isEqualTo("closed");
  }

  @Test
  void judgesNothingThatWasNeverSent() {
    replayer = replayer(
        Order.SESSION, 16, null, judging((sent, answer) -> new Verdict.Delivered(answer)), true);
    target.judge(attempt -> new Dead("body truncated"));
    bucket.add(capture("s", "/"));

    advance(Duration.ofSeconds(1));

    assertThat(bucket.fate(1)).isEqualTo("dead: body truncated");
  }

  private static PlayerHook judging(BiFunction<Capture, @Nullable Response, Verdict> rule) {
    return new PlayerHook() {
      @Override
      public Result run(Capture capture) {
        return Result.Kept.unchanged(capture);
      }

      @Override
      public Verdict judge(
          Capture sent, Origin origin, @Nullable Response answer, @Nullable String error) {
        return rule.apply(sent, answer);
      }
    };
  }

  private static Response answered(int status, String body) {
    return new Response(
        status,
        "HTTP/1.1",
        Headers.NONE,
        Body.of(body.getBytes(StandardCharsets.UTF_8)),
        Headers.NONE,
        Duration.ZERO);
  }

  private List<Settlement.Dead> buried() {
    return bucket.settlements().stream()
        .flatMap(settlement -> settlement.dead().stream())
        .toList();
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

  private void use(Order order) {
    bucket = new InMemoryFeed(order, () -> now);
    feed = new FaultyFeed(bucket);
    replayer = replayer(order, 16, null, PlayerHook.NONE, true);
  }

  private Replayer replayer(
      Order order, int concurrency, @Nullable Rate rate, PlayerHook hook, boolean mayChange) {
    Replay config = new Replay(
        new BucketName("shop"),
        new GroupName("default"),
        order,
        concurrency,
        rate,
        Duration.ofSeconds(60),
        List.of(),
        new RetryRules(5, Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofMinutes(10)),
        null,
        new NoConfig(mayChange),
        Map.of());
    Targets targets = new Targets(new Targets.Choice(target, config.target()), Map.of());
    return new Replayer(config, feed, targets, hook, () -> now, new Random(7));
  }

  private record NoConfig(boolean mayChange) implements TargetConfig {
    @Override
    public String label() {
      return "recorded";
    }

    @Override
    public Duration timeout() {
      return TIMEOUT;
    }

    @Override
    public Target open(TargetContext context) {
      throw new AssertionError("the target is there already");
    }
  }

  /** Lets the time go by, and the replay and the bucket do what is due. */
  private void advance(Duration duration) {
    long until = now + duration.toNanos();
    while (true) {
      Duration pause = step();
      bucket.step();
      while (pause.isZero()) {
        pause = step();
      }
      if (now >= until) {
        return;
      }
      long most = Duration.ofMillis(500).toNanos(); // what the bucket does of itself
      now = Math.min(until, now + Math.min(most, Math.max(1, pause.toNanos())));
    }
  }

  private Duration step() {
    assertThat(++steps).as("steps: it must not spin").isLessThan(MOST_STEPS);
    return replayer.step();
  }

  private static Capture capture(String session, String target) {
    return Attempts.get(session, target).capture();
  }

  private static Capture capture(String session, dev.weir.capture.Request request) {
    Capture capture = Attempts.of(request).capture();
    return new Capture(
        capture.source(),
        capture.kind(),
        capture.capturedAt(),
        session,
        capture.request(),
        null,
        Map.of());
  }

  private static Hook.Emission emission(Capture capture) {
    return new Hook.Emission(capture, Set.of());
  }
}
