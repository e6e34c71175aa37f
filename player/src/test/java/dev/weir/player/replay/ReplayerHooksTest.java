package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.player.target.Attempts;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.player.target.Target;
import dev.weir.script.Hook;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Verdict;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What hooks and the rules before them make of captures. */
class ReplayerHooksTest extends ReplayRig {
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
  void leavesAnOutageToTheTargetsOwnRuleWhenTheHookErrsInIt() {
    replayer = replayer(
        Order.SESSION,
        16,
        null,
        judging((sent, answer) -> answer == null
            ? new Verdict.Failed("judge.lua:2: res is nil", null)
            : new Verdict.Unjudged(answer)),
        true);
    boolean[] up = {false};
    target.judge(
        attempt -> up[0] ? new Delivered(answered(200, "")) : new Retry("connection refused"));
    for (int i = 0; i < 100; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }

    advance(Duration.ofMinutes(30));
    assertThat(replayer.state(List.of()).circuit()).isNotEqualTo("closed");
    assertThat(replayer.state(List.of()).lastError())
        .isEqualTo("connection refused, and judge.lua:2: res is nil");
    assertThat(target.attempts()).hasSizeLessThan(100);
    up[0] = true;
    advance(Duration.ofMinutes(15));

    assertThat(bucket.fates()).containsOnly("delivered");
  }

  @Test
  void countsNoHookThatErrsAsAProbe() {
    boolean[] up = {false};
    PlayerHook hook = capture -> up[0]
        ? new Hook.Result.Failed("hook.lua:3: nil")
        : new Hook.Result.Kept(List.of(emission(capture)));
    replayer = replayer(Order.SESSION, 16, null, hook, true);
    target.judge(attempt -> new Retry("connection refused"));
    for (int i = 0; i < 20; i++) {
      bucket.add(capture("s" + i, "/" + i));
    }
    advance(Duration.ofMinutes(1));
    up[0] = true;

    advance(Duration.ofHours(1));

    assertThat(bucket.fates()).containsOnly("dead: hook.lua:3: nil");
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
}
