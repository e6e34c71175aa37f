package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.ledger.Ledger.Totals;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerModelTest extends LedgerFixture {
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
        long answered = verdicts.stream().filter(LedgerModelTest::counts).count();
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

  private static boolean counts(CompletableFuture<Verdict> verdict) {
    Verdict answer = verdict.getNow(null);
    return answer instanceof Verdict.Stored || answer instanceof Verdict.Filtered;
  }

  /** Steps until the queue is empty; false if the process was killed in one. */
  private boolean drain() {
    boolean alive = true;
    while (alive && waiting > 0) {
      alive = step();
    }
    return alive;
  }
}
