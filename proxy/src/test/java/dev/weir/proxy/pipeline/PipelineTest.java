package dev.weir.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipelineTest extends PipelineFixture {
  @Test
  void countsWhatTimersMakeApartFromWhatWasCaptured() throws Exception {
    Hook fails = capture -> new Result.Failed("no capture passes here");
    offer(intake(fails, A), "/captured");
    assertThat(pipeline.emit(new Emission(Captures.get("/tick"), Set.of()), Set.of(A, B)))
        .isTrue();
    assertThat(pipeline.emit(new Emission(Captures.get("/own"), Set.of(B)), Set.of(A)))
        .isTrue();
    pipeline.step();

    assertThat(targets(a)).containsExactly("/tick");
    assertThat(targets(b)).containsExactly("/tick", "/own");
    Ledger.Totals totals = pipeline.totals();
    assertThat(totals.captured()).isEqualTo(1);
    assertThat(totals.lost()).isEqualTo(Map.of("hook-error", 1L));
    assertThat(totals.kept()).isZero();
    assertThat(totals.emitted()).isEqualTo(3);
    assertThat(totals.imbalance()).isZero();
  }

  @Test
  void refusesWhatTimersMakeWhereTheQueueIsFull() throws IOException {
    open(1);
    Emission emission = new Emission(Captures.get("/tick"), Set.of());
    assertThat(pipeline.emit(emission, Set.of(A))).isTrue();
    assertThat(pipeline.emit(emission, Set.of(A))).isFalse();
    pipeline.step();
    assertThat(pipeline.totals().emitted()).isEqualTo(1);
    assertThat(pipeline.totals().lost()).isEmpty();
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void pausesOnlyWhereNobodyWaits() {
    Intake intake = intake(Hook.NONE, A);
    offer(intake, "/0");
    assertThat(pipeline.step()).isEqualTo(Pipeline.PAUSE);
    offer(intake, "/1");
    CompletableFuture<Verdict> verdict = submit(intake, "/2");
    offer(intake, "/3");
    assertThat(pipeline.step()).isZero();
    assertThat(verdict).isNotDone();
    assertThat(pipeline.step()).isZero();
    assertThat(verdict).isDone();
    assertThat(pipeline.step()).isEqualTo(Pipeline.PAUSE);
    assertThat(pipeline.step()).isEqualTo(IDLE);
  }

  @Test
  void wakesFromIdlenessForEveryCapture() throws Exception {
    Intake intake = intake(Hook.NONE, A);
    pipeline.start();
    int slow = 0;
    for (int i = 0; i < 200; i++) {
      long began = System.nanoTime();
      offer(intake, "/" + i);
      while (a.state().waiting() <= i) {
        Thread.onSpinWait();
      }
      slow += System.nanoTime() - began > IDLE.dividedBy(2).toNanos() ? 1 : 0;
    }
    assertThat(slow).isLessThanOrEqualTo(2); // a busy machine's
    assertThat(submit(intake, "/").get(10, TimeUnit.SECONDS)).isEqualTo(new Verdict.Stored());
    pipeline.close();
  }

  @Test
  void conservesWhatManyThreadsOfferAtOnce() throws Exception {
    int each = 60_000;
    Capture capture = Captures.get("/");
    Intake intake = intake(Hook.NONE, A);
    pipeline.start();
    List<Thread> sources = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sources.add(new Thread(() -> {
        for (int n = 0; n < each; n++) {
          intake.begin();
          intake.offer(capture);
        }
      }));
    }
    sources.forEach(Thread::start);
    for (Thread source : sources) {
      source.join();
    }
    pipeline.close();

    Ledger.Totals totals = pipeline.totals();
    assertThat(totals.captured()).isEqualTo(4L * each);
    assertThat(totals.kept() + totals.lost().getOrDefault("queue-full", 0L)).isEqualTo(4L * each);
    assertThat(totals.kept()).isEqualTo(a.state().next() - 1).isPositive();
    assertThat(totals.queued()).isZero();
    assertThat(totals.imbalance()).isZero();
  }

  @Test
  void commitsWhatIsQueuedWhenItCloses() throws Exception {
    Intake intake = intake(Hook.NONE, A);
    offer(intake, "/0");
    CompletableFuture<Verdict> verdict = submit(intake, "/1");
    pipeline.close();
    pipeline.close();

    assertThat(targets(a)).containsExactly("/0", "/1");
    assertThat(verdict).isCompletedWithValue(new Verdict.Stored());
  }

  @Test
  void refusesARouteToABucketThatIsNotThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> intake(Hook.NONE, new BucketName("nowhere")))
        .withMessageContaining("nowhere");
    assertThatIllegalArgumentException().isThrownBy(() -> new Route(Hook.NONE, Set.of()));
  }
}
