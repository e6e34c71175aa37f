package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.ledger.LossReason;
import dev.weir.proxy.MortalSpool;
import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.MortalSpool.Killed;
import dev.weir.proxy.ledger.Ledger.Totals;
import dev.weir.proxy.pipeline.Outlet;
import dev.weir.proxy.pipeline.Pipeline;
import dev.weir.proxy.pipeline.Route;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.PassReason;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerRecoveryTest {
  private static final BucketName A = new BucketName("a");
  private static final BucketName B = new BucketName("b");
  private static final int QUEUE = 16;
  private static final int UNDER_WAY = 1_000;
  private static final String SUBMITTED = "?submitted";
  private static final ByteSize LARGE = ByteSize.ofMegabytes(64);

  @TempDir
  private Path directory;

  private Path data;
  private Path memory;
  private final Map<BucketName, MortalSpool> spools = new LinkedHashMap<>();
  private Ledger ledger;
  private Pipeline pipeline;
  private Intake intake;

  // what the test knows of the process under test: captures that the present step's hooks have
  // seen,
  // that wait in the queue, and whose decision would not outlive a kill
  private int hooked;
  private int waiting;
  private long undecided;

  @BeforeEach
  void directories() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    memory = Files.createDirectory(directory.resolve("memory"));
  }

  // ---- one kill at each point

  @Test
  void countsWhatWasBegunAndWhatWasQueuedAsLost() throws IOException {
    install(LARGE, A);
    begin();
    offer("/1");
    offer("/2");
    pass();
    restart();

    assertThat(ledger.totals().lost()).isEqualTo(Map.of("crash", 3L));
    assertThat(ledger.totals().captured()).isEqualTo(4);
    assertThat(spools.get(A).state().next()).isEqualTo(1);
    settledTwice();
  }

  @Test
  void countsWhatAHookWasAtWorkOnAsLost() throws IOException {
    install(LARGE, A);
    offer("/1");
    offer("/kill");
    step();
    restart();

    assertThat(ledger.totals().lost()).isEqualTo(Map.of("crash", 2L));
    assertThat(ledger.totals().kept()).isZero();
    settledTwice();
  }

  @Test
  void numbersWhatWasPublishedAndNotAppended() throws IOException {
    install(LARGE, A);
    offer("/1");
    offer("/drop");
    spools.get(A).next(Fault.KILLED_BEFORE);
    step();
    restart();

    assertThat(ledger.totals().lost()).isEmpty();
    assertThat(ledger.totals().kept()).isEqualTo(1);
    assertThat(ledger.totals().filtered()).isEqualTo(Map.of("dropped", 1L));
    assertThat(spools.get(A).state().lost()).isEqualTo(Map.of(LossReason.CRASH, 1L));
    settledTwice();
  }

  @Test
  void losesNothingThatWasAppended() throws IOException {
    install(LARGE, A);
    offer("/1");
    offer("/2");
    spools.get(A).next(Fault.KILLED_AFTER);
    step();
    restart();

    assertThat(ledger.totals().lost()).isEmpty();
    assertThat(ledger.totals().kept()).isEqualTo(2);
    assertThat(spools.get(A).state().waiting()).isEqualTo(2);
    assertThat(spools.get(A).state().lost()).isEmpty();
    settledTwice();
  }

  @Test
  void knowsWhichOfTwoBucketsHasABatch() throws IOException {
    install(LARGE, A, B);
    offer("/1");
    step();
    offer("/2");
    killAfterTheFirstAppend();
    restart();

    assertThat(ledger.totals().kept()).isEqualTo(2);
    assertThat(ledger.totals().copies()).isEqualTo(2);
    assertThat(lostToCrashes()).containsExactlyInAnyOrder(0L, 1L);
    settledTwice();
  }

  @Test
  void takesSubmittedCapturesThatWereStoredAndNotBookedAsCopies() throws IOException {
    install(LARGE, A, B);
    CompletableFuture<Verdict> verdict = submit("/1");
    killAfterTheFirstAppend();
    restart();

    assertThat(verdict).isNotDone();
    assertThat(ledger.totals().captured()).isZero();
    assertThat(ledger.totals().copies()).isEqualTo(1);
    assertThat(ledger.totals().lost()).isEmpty();
    settledTwice();
  }

  @Test
  void hasNoUnknownAfterACleanClose() throws IOException {
    install(LARGE, A, B);
    offer("/1");
    pass();
    Totals before = closeCleanly();
    assertThat(pages()).isEmpty();
    restart();

    assertThat(ledger.totals()).isEqualTo(before);
    assertThat(ledger.totals().unknown()).isZero();
    settledTwice();
  }

  @Test
  void keepsThePageWhenTheLastCommitFails() throws IOException {
    install(LARGE, A);
    offer("/1");
    spools.get(A).close();
    pipeline.close();
    ledger.close();

    assertThat(pages()).hasSize(1);
  }

  // ---- the machine goes down

  @Test
  void goesOnFromTheNewestMarkWhenTheMachineWentDown() throws IOException {
    install(LARGE, A, B);
    offer("/only-a/1");
    step();
    Totals committed = ledger.totals();
    offer("/only-b/2");
    spools.get(B).next(Fault.KILLED_BEFORE);
    step();
    powerCut();

    assertThat(ledger.totals().kept()).isEqualTo(committed.kept());
    assertThat(ledger.totals().unknown()).isEqualTo(UNDER_WAY);
    assertThat(ledger.totals().lost()).isEmpty();
    settledTwice();
  }

  @Test
  void booksFramesThatOnlyAnotherBucketsMarkKnowsOfAsLost() throws IOException {
    install(LARGE, A, B);
    offer("/1");
    offer("/2");
    offer("/3");
    killAfterTheFirstAppend();
    powerCut();

    assertThat(ledger.totals().kept()).isEqualTo(3);
    assertThat(ledger.totals().copies()).isEqualTo(3);
    assertThat(lostToCrashes()).containsExactlyInAnyOrder(0L, 3L);
    settledTwice();
  }

  @Test
  void believesNoUnreadableMark() throws IOException {
    install(LARGE, A);
    spools.get(A).append(List.of(), Map.of(Ledger.MARK, new byte[] {1, 2, 3}), WhenFull.REFUSE);
    powerCut();

    assertThat(ledger.totals().imbalance()).isZero();
  }

  @Test
  void startsWithThePageOnDiskWhereMemoryHasNoRoom() throws IOException {
    Files.delete(memory);
    install(LARGE, A);
    offer("/1");
    restart();

    assertThat(data.resolve("ledger-page")).exists();
    assertThat(ledger.totals().lost()).isEqualTo(Map.of("crash", 1L));
    Files.createDirectory(memory);
    restart();
    assertThat(data.resolve("ledger-page")).doesNotExist();
    assertThat(ledger.totals().lost()).isEqualTo(Map.of("crash", 1L));
    settledTwice();
  }

  @Test
  void startsThoughTheBooksCannotBeCommitted() throws IOException {
    install(LARGE, A);
    spools.get(A).close();
    LedgerRecovery recovery = LedgerRecovery.read(id(data), data, memory);

    assertThat(recovery.complete(Map.of(A, spools.get(A)), UNDER_WAY).totals().imbalance())
        .isZero();
  }

  @Test
  void takesACopiedDirectoryForAnother() throws IOException {
    install(LARGE, A);
    offer("/1");
    step();
    Path copy = Files.createDirectory(directory.resolve("copy"));
    Files.copy(data.resolve("id"), copy.resolve("id"));

    LedgerRecovery recovery = LedgerRecovery.read(id(copy), copy, memory);
    Totals totals = recovery.complete(Map.of(A, spools.get(A)), UNDER_WAY).totals();
    assertThat(totals.captured()).isZero();
    assertThat(totals.numbered()).isZero();
    assertThat(totals.imbalance()).isZero();
    assertThat(pages()).hasSize(2);
  }

  private static DirectoryId id(Path data) throws IOException {
    return DirectoryId.start(data, InstantSource.system());
  }

  // ---- anything at any time

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void staysBalancedWhateverHappens(int buckets) throws IOException {
    int kills = 0;
    for (long seed = 1; seed <= 8; seed++) {
      spools.clear();
      data = Files.createDirectory(directory.resolve("data-" + seed));
      kills += live(new Random(seed), buckets);
    }
    assertThat(kills).isGreaterThan(100);
  }

  /** One long life with many deaths; how many. */
  private int live(Random random, int buckets) throws IOException {
    ByteSize limit = random.nextBoolean() ? new ByteSize(64 << 10) : LARGE;
    install(limit, buckets == 1 ? new BucketName[] {A} : new BucketName[] {A, B});
    long crashed = 0;
    long captured = 0;
    int kills = 0;
    List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean alive = true;
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          offer(target(random, i));
          captured++;
        }
        case 4 -> {
          pass();
          captured++;
        }
        case 5 -> {
          begin();
          captured++;
        }
        case 6 -> verdicts.add(submit(target(random, i)));
        default -> {
          spools.values().forEach(spool -> spool.next(fault(random)));
          alive = step();
        }
      }
      if (alive && random.nextInt(60) == 0) {
        if (drain()) {
          closeCleanly();
        }
        alive = false;
      }
      if (!alive || random.nextInt(60) == 0) {
        kills++;
        crashed += undecided;
        restart();
        Totals totals = ledger.totals();
        long answered = verdicts.stream().filter(LedgerRecoveryTest::counts).count();
        assertThat(totals.captured()).isEqualTo(captured + answered);
        assertThat(totals.lost().getOrDefault("crash", 0L)).isEqualTo(crashed);
        assertThat(totals.unknown()).isZero();
        settledTwice();
      }
    }
    powerCut();
    assertThat(ledger.totals().unknown()).isEqualTo(UNDER_WAY);
    settledTwice();
    return kills;
  }

  private static Fault fault(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> Fault.KILLED_BEFORE;
      case 1 -> Fault.KILLED_AFTER;
      case 2, 3 -> Fault.IO_ERROR;
      default -> Fault.NONE;
    };
  }

  private static String target(Random random, int i) {
    return switch (random.nextInt(12)) {
      case 0 -> "/drop/" + i;
      case 1 -> "/fail/" + i;
      case 2 -> "/split/" + i;
      case 3 -> "/only-a/" + i;
      case 4 -> "/nowhere/" + i;
      case 5 -> random.nextInt(4) == 0 ? "/kill/" + i : "/throw/" + i;
      default -> "/" + i;
    };
  }

  private static boolean counts(CompletableFuture<Verdict> verdict) {
    Verdict answer = verdict.getNow(null);
    return answer instanceof Verdict.Stored || answer instanceof Verdict.Filtered;
  }

  // ---- the process under test

  private void install(ByteSize limit, BucketName... buckets) throws IOException {
    for (BucketName bucket : buckets) {
      spools.put(bucket, spool(limit));
    }
    start();
  }

  private static MortalSpool spool(ByteSize limit) {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    return new MortalSpool(new InMemorySpool(limit, Duration.ofDays(1), () -> now));
  }

  /** Kills the process, if it still lives, and starts another. */
  private void restart() throws IOException {
    start();
  }

  private void powerCut() throws IOException {
    for (Path page : pages()) {
      Files.delete(page);
    }
    start();
  }

  private List<Path> pages() throws IOException {
    try (var files = Files.list(memory)) {
      return files.toList();
    }
  }

  private void start() throws IOException {
    LedgerRecovery recovery = LedgerRecovery.read(id(data), data, memory);
    spools.replaceAll((bucket, spool) -> spool.reopen(recovery.numbered(bucket)));
    ledger = recovery.complete(new LinkedHashMap<>(spools), UNDER_WAY);
    Map<BucketName, Outlet> outlets = new LinkedHashMap<>();
    spools.forEach((bucket, spool) -> outlets.put(
        bucket,
        new Outlet(
            bucket, spool, bucket.equals(A) ? WhenFull.DROP_OLDEST : WhenFull.REFUSE, () -> {})));
    pipeline = new Pipeline(QUEUE, ByteSize.ofMegabytes(1), ledger, outlets);
    intake = pipeline.intake(new Route(this::hook, spools.keySet()));
    waiting = 0;
    undecided = 0;
  }

  private Result hook(Capture capture) {
    String target = capture.request().target();
    waiting--;
    if (!target.endsWith(SUBMITTED)) {
      hooked++;
    }
    return switch (target.split("/", 3)[1]) {
      case "drop" -> new Result.Dropped("dropped");
      case "fail" -> new Result.Failed("hook.lua:1: failed");
      case "throw" -> throw new IllegalStateException("thrown");
      case "kill" -> {
        hooked = 0; // what its batch had decided was nowhere yet
        throw new Killed();
      }
      case "nowhere" -> kept(new Emission(capture, Set.of(new BucketName("nowhere"))));
      case "only-a" -> kept(new Emission(capture, Set.of(A)));
      case "only-b" -> kept(new Emission(capture, Set.of(B)));
      case "split" ->
        kept(
            new Emission(capture, Set.of()),
            new Emission(capture, Set.of(A)),
            new Emission(Captures.get(target + "/2"), Set.of()));
      default -> kept(new Emission(capture, Set.of()));
    };
  }

  private static Result kept(Emission... emissions) {
    return new Result.Kept(List.of(emissions));
  }

  private void begin() {
    intake.begin();
    undecided++;
  }

  private void pass() {
    intake.begin();
    intake.pass(PassReason.SAMPLED_OUT);
  }

  private void offer(String target) {
    intake.begin();
    intake.offer(Captures.get(target));
    if (waiting < QUEUE) {
      waiting++;
      undecided++;
    }
  }

  private CompletableFuture<Verdict> submit(String target) {
    if (waiting < QUEUE) {
      waiting++;
    }
    return intake.submit(Captures.get(target + SUBMITTED)).toCompletableFuture();
  }

  /** One step of the pipeline; false if the process was killed in it. */
  private boolean step() {
    hooked = 0;
    try {
      pipeline.step();
      return true;
    } catch (Killed e) {
      return false;
    } finally {
      undecided -= hooked;
    }
  }

  /** Steps until the queue is empty; false if the process was killed in one. */
  private boolean drain() {
    boolean alive = true;
    while (alive && waiting > 0) {
      alive = step();
    }
    return alive;
  }

  private void killAfterTheFirstAppend() {
    spools.values().forEach(spool -> spool.next(Fault.KILLED_AFTER));
    assertThat(step()).isFalse();
  }

  private List<Long> lostToCrashes() {
    return spools.values().stream()
        .map(spool -> spool.state().lost().getOrDefault(LossReason.CRASH, 0L))
        .toList();
  }

  private Totals closeCleanly() throws IOException {
    pipeline.close();
    ledger.close();
    return ledger.totals();
  }

  /** The books balance and agree with the spools, and another kill changes nothing. */
  private void settledTwice() throws IOException {
    Totals totals = settled();
    restart();
    assertThat(settled()).isEqualTo(totals);
  }

  private Totals settled() {
    Totals totals = ledger.totals();
    assertThat(totals.imbalance()).as(totals.toString()).isZero();
    assertThat(totals.inProgress()).isZero();
    assertThat(totals.queued()).isZero();
    assertThat(totals.kept()).isNotNegative();
    long numbered = 0;
    for (Spool spool : spools.values()) {
      Spool.State state = spool.state();
      long lost = state.lost().values().stream().mapToLong(Long::longValue).sum();
      assertThat(state.next() - 1).isEqualTo(state.waiting() + lost);
      numbered += state.next() - 1;
    }
    assertThat(totals.numbered()).isEqualTo(numbered);
    return totals;
  }
}
