package dev.weir.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipelineSubmitTest extends PipelineFixture {
  @Test
  void answersOnlyAfterTheCommit() {
    Intake intake = intake(Hook.NONE, A, B);
    CompletableFuture<Verdict> verdict = submit(intake, "/0");
    CompletableFuture<Long> storedWhenAnswered =
        verdict.thenApply(v -> a.state().waiting() + b.state().waiting());
    assertThat(verdict).isNotDone();
    pipeline.step();

    assertThat(verdict).isCompletedWithValue(new Verdict.Stored());
    assertThat(storedWhenAnswered).isCompletedWithValue(2L);
    assertThat(pipeline.totals().captured()).isEqualTo(1);
    assertThat(pipeline.totals().kept()).isEqualTo(1);
    assertThat(pipeline.totals().copies()).isEqualTo(1);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void saysWhatWasFilteredAndWhatFailed() {
    Intake intake = intake(
        capture -> capture.request().target().equals("/drop")
            ? new Result.Dropped("noise")
            : new Result.Failed("hook.lua:3: no"),
        A);
    CompletableFuture<Verdict> dropped = submit(intake, "/drop");
    CompletableFuture<Verdict> failed = submit(intake, "/fail");
    pipeline.step();

    assertThat(dropped).isCompletedWithValue(new Verdict.Filtered("noise"));
    assertThat(failed).isCompletedWithValue(new Verdict.Rejected("hook.lua:3: no"));
    assertThat(pipeline.totals().captured()).isEqualTo(1);
    assertThat(pipeline.totals().filtered()).isEqualTo(Map.of("noise", 1L));
    assertThat(pipeline.totals().lost()).isEmpty();
    assertThat(pipeline.totals().imbalance()).isZero();
    assertThat(a.appended()).isEmpty();
  }

  @Test
  void handsBackWhatTheDiskRefuses() throws Exception {
    Intake intake = intake(Hook.NONE, A);
    CompletableFuture<Verdict> first = submit(intake, "/0");
    a.next(Fault.IO_ERROR);
    pipeline.step();
    CompletableFuture<Verdict> second = submit(intake, "/0");
    pipeline.step();

    assertThat(first.getNow(null)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
      assertThat(refused.reason()).contains("\"a\"", "no such luck");
      assertThat(refused.retryAfter()).isPositive();
    });
    assertThat(second).isCompletedWithValue(new Verdict.Stored());
    assertThat(targets(a)).containsExactly("/0");
    assertThat(a.state().lost()).isEmpty();
    assertThat(pipeline.totals().captured()).isEqualTo(1);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void countsWhatOneOfTwoBucketsRefusesAsACopyOfWhatComesAgain() throws Exception {
    Intake both = intake(Hook.NONE, A, B);
    Intake onlyA = intake(Hook.NONE, A);
    CompletableFuture<Verdict> torn = submit(both, "/0");
    CompletableFuture<Verdict> whole = submit(onlyA, "/1");
    b.next(Fault.IO_ERROR);
    pipeline.step();

    assertThat(torn.getNow(null)).isInstanceOf(Verdict.Refused.class);
    assertThat(whole).isCompletedWithValue(new Verdict.Stored());
    assertThat(targets(a)).containsExactly("/0", "/1");
    assertThat(targets(b)).isEmpty();
    assertThat(pipeline.totals().captured()).isEqualTo(1);
    assertThat(pipeline.totals().copies()).isEqualTo(1);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void keepsTheOrderBetweenOfferedAndSubmitted() throws Exception {
    Intake intake = intake(Hook.NONE, A);
    offer(intake, "/0");
    CompletableFuture<Verdict> verdict = submit(intake, "/1");
    offer(intake, "/2");
    for (int i = 0; i < 3; i++) {
      pipeline.step();
    }

    assertThat(verdict).isDone();
    assertThat(targets(a)).containsExactly("/0", "/1", "/2");
  }
}
