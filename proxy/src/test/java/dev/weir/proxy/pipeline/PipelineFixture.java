package dev.weir.proxy.pipeline;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Captures;
import dev.weir.capture.MalformedException;
import dev.weir.loop.ManualTicker;
import dev.weir.proxy.MortalSpool;
import dev.weir.proxy.ledger.DirectoryId;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.ledger.LedgerRecovery;
import dev.weir.proxy.source.Intake;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline into two spools in memory, stepped by hand. */
abstract class PipelineFixture {
  static final BucketName A = new BucketName("a");
  static final BucketName B = new BucketName("b");
  static final ByteSize QUEUE_BYTES = ByteSize.ofMegabytes(8);
  static final Duration IDLE = Duration.ofSeconds(1);
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir
  private Path directory;

  final MortalSpool a = spool(ByteSize.ofMegabytes(256));
  final MortalSpool b = spool(new ByteSize(64 << 10));
  final AtomicInteger commits = new AtomicInteger();
  final ManualTicker ticker = new ManualTicker();
  Ledger ledger;
  Pipeline pipeline;

  @BeforeEach
  void open() throws IOException {
    open(2_000);
  }

  void open(int queueCaptures) throws IOException {
    open(queueCaptures, QUEUE_BYTES);
  }

  void open(int queueCaptures, ByteSize queueBytes) throws IOException {
    Map<BucketName, Spool> spools = new LinkedHashMap<>();
    spools.put(A, a);
    spools.put(B, b);
    ledger = LedgerRecovery.read(
            DirectoryId.start(directory, InstantSource.system()), directory, directory)
        .complete(spools, 0);
    Map<BucketName, Outlet> outlets = new LinkedHashMap<>();
    spools.forEach((bucket, spool) ->
        outlets.put(bucket, new Outlet(bucket, spool, WhenFull.REFUSE, commits::incrementAndGet)));
    pipeline = new Pipeline(queueCaptures, queueBytes, ledger, outlets, ticker);
  }

  static MortalSpool spool(ByteSize limit) {
    return new MortalSpool(new InMemorySpool(limit, Duration.ofDays(1), () -> NOW));
  }

  Intake intake(Hook hook, BucketName... buckets) {
    return pipeline.intake(new Route(hook, Set.of(buckets)));
  }

  static void offer(Intake intake, String target) {
    intake.begin();
    intake.offer(Captures.get(target));
  }

  static CompletableFuture<Verdict> submit(Intake intake, String target) {
    return intake.submit(Captures.get(target)).toCompletableFuture();
  }

  static Result kept(Emission... emissions) {
    return kept(List.of(emissions));
  }

  static Result kept(List<Emission> emissions) {
    return new Result.Kept(emissions);
  }

  static Capture withTime(Instant at) {
    Capture capture = Captures.get("/");
    return new Capture(
        capture.source(), capture.kind(), at, capture.session(), capture.request(), null, Map.of());
  }

  static List<String> targets(Spool spool) throws IOException, MalformedException {
    List<String> targets = new ArrayList<>();
    for (Spool.Entry entry : spool.read(1, Integer.MAX_VALUE, ByteSize.ofMegabytes(1024))) {
      if (entry instanceof Frame frame) {
        targets.add(CaptureCodec.decode(frame.bytes()).request().target());
      }
    }
    return targets;
  }
}
