package dev.weir.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.ledger.LossReason;
import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.PassReason;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class PipelineOfferTest extends PipelineFixture {
  @Test
  void bringsOfferedCapturesToDiskInOrder() throws Exception {
    Intake intake = intake(Hook.NONE, A);
    for (int i = 0; i < 100; i++) {
      offer(intake, "/" + i);
    }
    pipeline.step();

    assertThat(targets(a)).hasSize(100).startsWith("/0", "/1", "/2").endsWith("/99");
    assertThat(targets(b)).isEmpty();
    assertThat(pipeline.totals().kept()).isEqualTo(100);
    assertThat(pipeline.totals().imbalance()).isZero();
    assertThat(commits).hasValue(1);
  }

  @Test
  void boundsABatchByCaptures() throws Exception {
    open(20_000, ByteSize.ofMegabytes(64));
    Intake intake = intake(capture -> new Result.Dropped("noise"), A);
    for (int i = 0; i < 10_500; i++) {
      offer(intake, "/" + i);
    }
    assertThat(pipeline.step()).as("more waits than a batch takes").isZero();
    assertThat(pipeline.totals().queued()).isEqualTo(10_500 - Pipeline.MAX_BATCH_CAPTURES);
    assertThat(pipeline.step()).isEqualTo(Pipeline.PAUSE);
    assertThat(pipeline.totals().filtered()).isEqualTo(Map.of("noise", 10_500L));
  }

  @Test
  void boundsABatchByWhatHooksTakeOfTime() {
    Hook slow = capture -> {
      ticker.advance(Pipeline.MOST_DECIDING.dividedBy(2));
      return Result.Kept.unchanged(capture);
    };
    Intake intake = intake(slow, A);
    for (int i = 0; i < 5; i++) {
      offer(intake, "/" + i);
    }
    List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
    for (int i = 5; i < 8; i++) {
      verdicts.add(submit(intake, "/" + i));
    }
    List<Long> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      assertThat(pipeline.step()).isZero();
      waiting.add(a.state().waiting());
    }

    assertThat(waiting).containsExactly(2L, 4L, 5L, 7L, 8L);
    assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict).isDone());
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void boundsABatchByBytes() {
    Intake intake = intake(Hook.NONE, A);
    String body = "x".repeat(300 << 10);
    for (int i = 0; i < 8; i++) {
      intake.begin();
      intake.offer(Captures.post("/" + i, body));
    }
    pipeline.step();

    assertThat(a.state().waiting()).isEqualTo(4); // the fourth passes the bound of 1 MB
  }

  @Test
  void boundsABatchByWhatHooksMakeOfIt() throws Exception {
    Emission part = new Emission(Captures.post("/part", "x".repeat(10 << 10)), Set.of());
    Intake intake = intake(capture -> kept(Collections.nCopies(60, part)), A);
    for (int i = 0; i < 5; i++) {
      offer(intake, "/" + i);
    }
    List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
    for (int i = 5; i < 10; i++) {
      verdicts.add(submit(intake, "/" + i));
    }
    List<Long> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      assertThat(pipeline.step()).isZero();
      waiting.add(a.state().waiting());
    }

    assertThat(waiting).containsExactly(120L, 240L, 300L, 420L, 540L, 600L);
    assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict).isDone());
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void losesAndCountsWhatAQueueFullByNumberCannotTake() throws Exception {
    open(5);
    Intake intake = intake(Hook.NONE, A);
    for (int i = 0; i < 8; i++) {
      offer(intake, "/" + i);
    }
    CompletableFuture<Verdict> submitted = submit(intake, "/8");
    pipeline.step();

    assertThat(targets(a)).containsExactly("/0", "/1", "/2", "/3", "/4");
    assertThat(pipeline.totals().lost()).isEqualTo(Map.of("queue-full", 3L));
    assertThat(submitted.getNow(null)).isInstanceOf(Verdict.Refused.class);
    offer(intake, "/9");
    pipeline.step();
    assertThat(targets(a)).hasSize(6);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void losesAndCountsWhatAQueueFullByBytesCannotTake() {
    Intake intake = intake(Hook.NONE, A);
    String body = "x".repeat(3 << 20);
    for (int i = 0; i < 4; i++) {
      intake.begin();
      intake.offer(Captures.post("/" + i, body));
    }
    while (a.state().waiting() < 2) {
      pipeline.step();
    }
    pipeline.step();
    assertThat(pipeline.totals().kept()).isEqualTo(2);
    assertThat(pipeline.totals().lost()).isEqualTo(Map.of("queue-full", 2L));

    intake.begin();
    intake.offer(Captures.post("/5", body)); // what left the queue made room
    pipeline.step();
    assertThat(pipeline.totals().kept()).isEqualTo(3);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void countsWhatASourcePassesOrLoses() {
    Intake intake = intake(Hook.NONE, A);
    for (PassReason reason : PassReason.values()) {
      intake.begin();
      intake.pass(reason);
    }
    intake.begin();
    intake.lose();
    intake.begin();
    pipeline.step();

    assertThat(pipeline.totals().filtered())
        .isEqualTo(Map.of("excluded", 1L, "sampled-out", 1L, "abandoned", 1L));
    assertThat(pipeline.totals().lost()).isEqualTo(Map.of("queue-full", 1L));
    assertThat(pipeline.totals().inProgress()).isEqualTo(1);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void losesUnderNumbersWhatAFullSpoolRefuses() {
    Intake intake = intake(Hook.NONE, B);
    String body = "x".repeat(20 << 10);
    for (int i = 0; i < 4; i++) {
      intake.begin();
      intake.offer(Captures.post("/" + i, body));
      pipeline.step();
    }

    assertThat(b.state().waiting()).isEqualTo(3);
    assertThat(b.state().lost()).isEqualTo(Map.of(LossReason.FULL, 1L));
    assertThat(pipeline.totals().numbered()).isEqualTo(4);
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"IO_ERROR", "NO_MEMORY"})
  void losesUnderNumbersWhatTheDiskRefuses(Fault fault) throws Exception {
    Intake intake = intake(Hook.NONE, A, B);
    offer(intake, "/0");
    a.next(fault);
    pipeline.step();
    offer(intake, "/1");
    pipeline.step();

    assertThat(a.state().lost()).isEqualTo(Map.of(LossReason.IO_ERROR, 1L));
    assertThat(targets(a)).containsExactly("/1");
    assertThat(targets(b)).containsExactly("/0", "/1");
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  @Test
  void doesWhatTheHookDecides() throws Exception {
    Capture other = Captures.get("/other");
    Intake intake = intake(
        capture -> switch (capture.request().target()) {
          case "/drop" -> new Result.Dropped("noise");
          case "/fail" -> new Result.Failed("hook.lua:3: no");
          case "/split" -> kept(new Emission(capture, Set.of()), new Emission(other, Set.of(B)));
          default -> kept(new Emission(other, Set.of()));
        },
        A);
    offer(intake, "/drop");
    offer(intake, "/fail");
    offer(intake, "/split");
    offer(intake, "/change");
    pipeline.step();

    assertThat(targets(a)).containsExactly("/split", "/other");
    assertThat(targets(b)).containsExactly("/other");
    Ledger.Totals totals = pipeline.totals();
    assertThat(totals.filtered()).isEqualTo(Map.of("noise", 1L));
    assertThat(totals.lost()).isEqualTo(Map.of("hook-error", 1L));
    assertThat(totals.kept()).isEqualTo(2);
    assertThat(totals.copies()).isEqualTo(1);
    assertThat(totals.imbalance()).isZero();
  }

  @Test
  void storesNothingOfACaptureWhoseHookMakesNoSense() throws Exception {
    Capture unstorable = withTime(Instant.MAX);
    Intake intake = intake(
        capture -> switch (capture.request().target()) {
          case "/unknown-bucket" ->
            kept(
                new Emission(capture, Set.of(A)),
                new Emission(capture, Set.of(new BucketName("nowhere"))));
          case "/throw" -> throw new IllegalStateException("meant to be");
          case "/overflow" -> throw new StackOverflowError("meant to be");
          case "/too-large" -> throw new OutOfMemoryError("meant to be");
          case "/nothing" -> kept();
          case "/unstorable" ->
            kept(new Emission(capture, Set.of()), new Emission(unstorable, Set.of()));
          default -> kept(new Emission(capture, Set.of()));
        },
        A);
    List<String> odd =
        List.of("/unknown-bucket", "/throw", "/overflow", "/too-large", "/nothing", "/unstorable");
    for (String target : odd) {
      offer(intake, target);
    }
    offer(intake, "/good");
    List<CompletableFuture<Verdict>> verdicts =
        odd.stream().map(target -> submit(intake, target)).toList();
    pipeline.step();
    pipeline.step();

    assertThat(targets(a)).containsExactly("/good");
    assertThat(pipeline.totals().lost()).isEqualTo(Map.of("hook-error", 6L));
    assertThat(pipeline.totals().captured()).isEqualTo(7);
    assertThat(pipeline.totals().imbalance()).isZero();
    assertThat(verdicts)
        .allSatisfy(
            verdict -> assertThat(verdict.getNow(null)).isInstanceOf(Verdict.Rejected.class));
  }

  @Test
  void encodesACaptureOnceForAllItsBuckets() throws Exception {
    offer(intake(Hook.NONE, A, B), "/0");
    pipeline.step();

    assertThat(a.appended().get(0).get(0)).isSameAs(b.appended().get(0).get(0));
    assertThat(pipeline.totals().copies()).isEqualTo(1);
  }
}
