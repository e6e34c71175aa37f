package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.loop.ManualTicker;
import dev.weir.proxy.MortalSpool;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A proxy's books, its pipeline and its spools, which may be killed and started again. */
abstract class LedgerFixture {
  static final BucketName A = new BucketName("a");
  static final BucketName B = new BucketName("b");
  static final int QUEUE = 16;
  static final int UNDER_WAY = 1_000;
  static final String SUBMITTED = "?submitted";
  static final ByteSize LARGE = ByteSize.ofMegabytes(64);

  @TempDir
  Path directory;

  Path data;
  Path memory;
  final Map<BucketName, MortalSpool> spools = new LinkedHashMap<>();
  final ManualTicker ticker = new ManualTicker();
  Ledger ledger;
  Pipeline pipeline;
  Intake intake;

  // what the test knows of the process under test: captures that the present step's hooks have
  // seen, that wait in the queue, and whose decision would not outlive a kill
  int hooked;
  int waiting;
  long undecided;

  @BeforeEach
  void directories() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    memory = Files.createDirectory(directory.resolve("memory"));
  }

  static DirectoryId id(Path data) throws IOException {
    return DirectoryId.start(data, InstantSource.system());
  }

  static String target(Random random, int i) {
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

  void install(ByteSize limit, BucketName... buckets) throws IOException {
    for (BucketName bucket : buckets) {
      spools.put(bucket, spool(limit));
    }
    start();
  }

  static MortalSpool spool(ByteSize limit) {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    return new MortalSpool(new InMemorySpool(limit, Duration.ofDays(1), () -> now));
  }

  /** Kills the process, if it still lives, and starts another. */
  void restart() throws IOException {
    start();
  }

  void powerCut() throws IOException {
    for (Path page : pages()) {
      Files.delete(page);
    }
    start();
  }

  List<Path> pages() throws IOException {
    try (var files = Files.list(memory)) {
      return files.toList();
    }
  }

  void start() throws IOException {
    LedgerRecovery recovery = LedgerRecovery.read(id(data), data, memory);
    spools.replaceAll((bucket, spool) -> spool.reopen(recovery.numbered(bucket)));
    ledger = recovery.complete(new LinkedHashMap<>(spools), UNDER_WAY);
    Map<BucketName, Outlet> outlets = new LinkedHashMap<>();
    spools.forEach((bucket, spool) -> outlets.put(
        bucket,
        new Outlet(
            bucket, spool, bucket.equals(A) ? WhenFull.DROP_OLDEST : WhenFull.REFUSE, () -> {})));
    pipeline = new Pipeline(QUEUE, ByteSize.ofMegabytes(1), ledger, outlets, ticker);
    intake = pipeline.intake(new Route(this::hook, spools.keySet()));
    waiting = 0;
    undecided = 0;
  }

  Result hook(Capture capture) {
    String target = capture.request().target();
    waiting--;
    if (!target.endsWith(SUBMITTED)) {
      hooked++;
    }
    return switch (target.split("/", 3)[1]) {
      case "slow" -> {
        ticker.advance(Duration.ofSeconds(1));
        yield kept(new Emission(capture, Set.of()));
      }
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

  static Result kept(Emission... emissions) {
    return new Result.Kept(List.of(emissions));
  }

  void begin() {
    intake.begin();
    undecided++;
  }

  void pass() {
    intake.begin();
    intake.pass(PassReason.SAMPLED_OUT);
  }

  void offer(String target) {
    intake.begin();
    intake.offer(Captures.get(target));
    if (waiting < QUEUE) {
      waiting++;
      undecided++;
    }
  }

  CompletableFuture<Verdict> submit(String target) {
    if (waiting < QUEUE) {
      waiting++;
    }
    return intake.submit(Captures.get(target + SUBMITTED)).toCompletableFuture();
  }

  /** One step of the pipeline; false if the process was killed in it. */
  boolean step() {
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

  Totals closeCleanly() throws IOException {
    pipeline.close();
    ledger.close();
    return ledger.totals();
  }

  /** The books balance and agree with the spools, and another kill changes nothing. */
  void settledTwice() throws IOException {
    Totals totals = settled();
    restart();
    assertThat(settled()).isEqualTo(totals);
  }

  Totals settled() {
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
