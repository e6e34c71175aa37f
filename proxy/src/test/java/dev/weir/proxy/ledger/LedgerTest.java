package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.proxy.ledger.Ledger.Totals;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final BucketName ORDERS = new BucketName("orders");

  @TempDir
  private Path memory;

  private Path file;
  private Ledger ledger;

  @BeforeEach
  void begin() throws IOException {
    file = memory.resolve("page");
    LedgerPage page = LedgerPage.create(file, new LedgerPage.Remains(Map.of(), Map.of()));
    ledger = new Ledger(page, file, new TreeMap<>());
  }

  @Test
  void followsACaptureFromItsBeginToItsNumber() {
    ledger.count(Counter.BEGUN);
    assertThat(ledger.totals().captured()).isEqualTo(1);
    assertThat(ledger.totals().inProgress()).isEqualTo(1);

    ledger.count(Counter.OFFERED);
    assertThat(ledger.totals().inProgress()).isZero();
    assertThat(ledger.totals().queued()).isEqualTo(1);

    ledger.decided(1);
    ledger.kept(1, 2);
    ledger.numbered(ORDERS, 2);
    assertThat(ledger.totals().queued()).isZero();
    assertThat(ledger.totals().kept()).isEqualTo(1);
    assertThat(ledger.totals().copies()).isEqualTo(1);
    assertThat(ledger.totals().numbered()).isEqualTo(2);
    assertThat(ledger.totals().imbalance()).isZero();
  }

  @Test
  void balancesEveryFate() {
    for (int i = 0; i < 7; i++) {
      ledger.count(Counter.BEGUN);
    }
    ledger.count(Counter.EXCLUDED);
    ledger.count(Counter.SAMPLED_OUT);
    ledger.count(Counter.ABANDONED);
    for (int i = 0; i < 4; i++) {
      ledger.count(Counter.OFFERED);
    }
    ledger.count(Counter.QUEUE_FULL);
    ledger.decided(3);
    ledger.filtered("health check");
    ledger.filtered("excluded"); // a hook's word, the same as the configuration's
    ledger.lost(LossReason.HOOK_ERROR, 1);
    ledger.submitted(1);
    ledger.kept(1, 1);
    ledger.numbered(ORDERS, 1);

    Totals totals = ledger.totals();
    assertThat(totals.captured()).isEqualTo(8);
    assertThat(totals.filtered())
        .isEqualTo(Map.of("excluded", 2L, "sampled-out", 1L, "abandoned", 1L, "health check", 1L));
    assertThat(totals.lost()).isEqualTo(Map.of("queue-full", 1L, "hook-error", 1L));
    assertThat(totals.imbalance()).isZero();
    assertThat(accountedFor(totals)).isEqualTo(totals.captured());
  }

  @Test
  void showsWhatDoesNotBalance() {
    ledger.decided(2);
    ledger.kept(1, 3);

    // one decided without a fate, three frames without a number, two decided and never offered
    assertThat(ledger.totals().imbalance()).isEqualTo(1 + 3 + 2);
  }

  @Test
  void countsFurtherReasonsAsOther() {
    for (int i = 0; i < Ledger.MAX_REASONS + 6; i++) {
      ledger.filtered("reason " + i);
    }
    ledger.filtered("reason 0");
    ledger.decided(Ledger.MAX_REASONS + 7);

    assertThat(ledger.totals().filtered())
        .hasSize(Ledger.MAX_REASONS + 1)
        .containsEntry("reason 0", 2L)
        .containsEntry("other", 6L);
  }

  @Test
  void cutsLongReasons() {
    ledger.filtered("x".repeat(100_000));
    ledger.filtered("x".repeat(200_000));

    assertThat(ledger.totals().filtered())
        .isEqualTo(Map.of("x".repeat(Ledger.MAX_REASON_LENGTH), 2L));
  }

  @Test
  void keepsOddReasonsThroughThePage() throws IOException {
    List<String> odd = List.of("", "/", "\uffff", "\ud83d", "\ud83d\ude00", "a/b", "\u0000");
    for (String reason : odd) {
      ledger.filtered(reason);
    }
    ledger.decided(odd.size());
    ledger.count(Counter.BEGUN);
    ledger.publish();

    Map<String, Long> slot = LedgerPage.read(file).orElseThrow().slot();
    assertThat(slot.keySet().stream().filter(key -> key.startsWith("filtered/")))
        .hasSize(odd.size());
    assertThat(ledger.totals().filtered().values()).hasSize(odd.size()).containsOnly(1L);
  }

  @Test
  void holdsTheMostReasonsAndTwoHundredBuckets() {
    for (int i = 0; i <= Ledger.MAX_REASONS; i++) {
      ledger.filtered("\u6c34".repeat(60) + i);
    }
    for (int i = 0; i < 200; i++) {
      ledger.numbered(new BucketName("b".repeat(60) + i), i);
    }

    ledger.publish();
  }

  /** As many as a configuration may name, each a copy of another proxy's. */
  @Test
  void holdsTheMostReasonsAndAllThatAHundredBucketsHave() throws IOException {
    TreeMap<String, Long> tally = new TreeMap<>();
    for (int i = 100; i < 200; i++) {
      BucketName bucket = new BucketName("b".repeat(60) + i);
      tally.put(Ledger.NUMBERED + bucket, 1L);
      tally.put(Ledger.INHERITED + bucket, 1L);
      tally.put(Ledger.RUN + bucket + "/" + RunId.random(), 1L);
    }
    LedgerPage page = LedgerPage.create(file, new LedgerPage.Remains(Map.of(), tally));
    Ledger full = new Ledger(page, file, tally);
    for (int i = 0; i <= Ledger.MAX_REASONS; i++) {
      full.filtered("\u6c34".repeat(60) + i);
    }

    full.publish();
    assertThat(LedgerPage.read(file).orElseThrow().slot()).isEqualTo(tally);
  }

  @Test
  void isOneViewWhileOthersCount() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread source = new Thread(() -> {
      while (!done.get()) {
        ledger.count(Counter.BEGUN);
        ledger.count(Counter.EXCLUDED);
        ledger.count(Counter.BEGUN);
        ledger.count(Counter.OFFERED);
        ledger.count(Counter.QUEUE_FULL);
      }
    });
    source.start();
    int wrong = 0;
    for (int i = 0; i < 20_000; i++) {
      Totals totals = ledger.totals();
      wrong += totals.imbalance() != 0 || accountedFor(totals) != totals.captured() ? 1 : 0;
    }
    done.set(true);
    source.join();

    assertThat(wrong).isZero();
    assertThat(ledger.totals().lost()).containsKey("queue-full");
  }

  @Test
  void keepsItsPageUntilAllIsSettled() throws IOException {
    ledger.close();
    assertThat(file).exists();

    ledger.settled();
    ledger.close();
    ledger.close();
    assertThat(file).doesNotExist();
    ledger.count(Counter.BEGUN); // a source that is late
    assertThat(Files.exists(file)).isFalse();
  }

  private static long accountedFor(Totals totals) {
    return totals.inProgress()
        + totals.queued()
        + sum(totals.filtered())
        + totals.kept()
        + sum(totals.lost());
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
