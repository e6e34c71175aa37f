package dev.weir.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Captures;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.proxy.MortalSpool;
import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.ledger.DirectoryId;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.ledger.LedgerRecovery;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.PassReason;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PipelineTest {
  private static final BucketName A = new BucketName("a");
  private static final BucketName B = new BucketName("b");
  private static final ByteSize QUEUE_BYTES = ByteSize.ofMegabytes(8);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir
  private Path directory;

  private final MortalSpool a = spool(ByteSize.ofMegabytes(256));
  private final MortalSpool b = spool(new ByteSize(64 << 10));
  private final AtomicInteger commits = new AtomicInteger();
  private Ledger ledger;
  private Pipeline pipeline;

  @BeforeEach
  void open() throws IOException {
    open(2_000);
  }

  private void open(int queueCaptures) throws IOException {
    open(queueCaptures, QUEUE_BYTES);
  }

  private void open(int queueCaptures, ByteSize queueBytes) throws IOException {
    Map<BucketName, Spool> spools = new LinkedHashMap<>();
    spools.put(A, a);
    spools.put(B, b);
    ledger = LedgerRecovery.read(
            DirectoryId.start(directory, InstantSource.system()), directory, directory)
        .complete(spools, 0);
    Map<BucketName, Outlet> outlets = new LinkedHashMap<>();
    spools.forEach((bucket, spool) ->
        outlets.put(bucket, new Outlet(bucket, spool, WhenFull.REFUSE, commits::incrementAndGet)));
    pipeline = new Pipeline(queueCaptures, queueBytes, ledger, outlets);
  }

  private static MortalSpool spool(ByteSize limit) {
    return new MortalSpool(new InMemorySpool(limit, Duration.ofDays(1), () -> NOW));
  }

  // ---- emitted

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

  // ---- offered

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
    Intake intake = intake(Hook.NONE, A);
    for (int i = 0; i < 10_500; i++) {
      offer(intake, "/" + i);
    }
    assertThat(pipeline.step()).as("more waits than a batch takes").isZero();
    assertThat(a.state().waiting()).isEqualTo(Pipeline.MAX_BATCH_CAPTURES);
    assertThat(pipeline.step()).isEqualTo(Pipeline.PAUSE);
    assertThat(a.state().waiting()).isEqualTo(10_500);
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
  void countsWhatASourcePasses() {
    Intake intake = intake(Hook.NONE, A);
    for (PassReason reason : PassReason.values()) {
      intake.begin();
      intake.pass(reason);
    }
    intake.begin();
    pipeline.step();

    assertThat(pipeline.totals().filtered())
        .isEqualTo(Map.of("excluded", 1L, "sampled-out", 1L, "abandoned", 1L));
    assertThat(pipeline.totals().inProgress()).isEqualTo(1);
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

  @Test
  void losesUnderNumbersWhatTheDiskRefuses() throws Exception {
    Intake intake = intake(Hook.NONE, A, B);
    offer(intake, "/0");
    a.next(Fault.IO_ERROR);
    pipeline.step();
    offer(intake, "/1");
    pipeline.step();

    assertThat(a.state().lost()).isEqualTo(Map.of(LossReason.IO_ERROR, 1L));
    assertThat(targets(a)).containsExactly("/1");
    assertThat(targets(b)).containsExactly("/0", "/1");
    assertThat(pipeline.totals().imbalance()).isZero();
  }

  // ---- hooks

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
          case "/nothing" -> kept();
          case "/unstorable" ->
            kept(new Emission(capture, Set.of()), new Emission(unstorable, Set.of()));
          default -> kept(new Emission(capture, Set.of()));
        },
        A);
    List<String> odd = List.of("/unknown-bucket", "/throw", "/overflow", "/nothing", "/unstorable");
    for (String target : odd) {
      offer(intake, target);
    }
    offer(intake, "/good");
    List<CompletableFuture<Verdict>> verdicts =
        odd.stream().map(target -> submit(intake, target)).toList();
    pipeline.step();
    pipeline.step();

    assertThat(targets(a)).containsExactly("/good");
    assertThat(pipeline.totals().lost()).isEqualTo(Map.of("hook-error", 5L));
    assertThat(pipeline.totals().captured()).isEqualTo(6);
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

  // ---- submitted

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

  // ---- waiting

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

  private Intake intake(Hook hook, BucketName... buckets) {
    return pipeline.intake(new Route(hook, Set.of(buckets)));
  }

  private static void offer(Intake intake, String target) {
    intake.begin();
    intake.offer(Captures.get(target));
  }

  private static CompletableFuture<Verdict> submit(Intake intake, String target) {
    return intake.submit(Captures.get(target)).toCompletableFuture();
  }

  private static Result kept(Emission... emissions) {
    return new Result.Kept(List.of(emissions));
  }

  private static Capture withTime(Instant at) {
    Capture capture = Captures.get("/");
    return new Capture(
        capture.source(), capture.kind(), at, capture.session(), capture.request(), null, Map.of());
  }

  private static List<String> targets(Spool spool) throws IOException, MalformedException {
    List<String> targets = new ArrayList<>();
    for (Spool.Entry entry : spool.read(1, Integer.MAX_VALUE, ByteSize.ofMegabytes(1024))) {
      if (entry instanceof Frame frame) {
        targets.add(CaptureCodec.decode(frame.bytes()).request().target());
      }
    }
    return targets;
  }
}
