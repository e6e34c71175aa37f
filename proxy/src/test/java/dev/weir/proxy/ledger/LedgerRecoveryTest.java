package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.MortalSpool.Fault;
import dev.weir.proxy.ledger.Ledger.Totals;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.spool.Spool.WhenFull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LedgerRecoveryTest extends LedgerFixture {
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
  void countsWhatHooksAreTooSlowForAtTheEndAsLost() throws IOException {
    install(LARGE, A);
    for (int i = 0; i < 6; i++) {
      offer("/slow/" + i);
    }
    closeCleanly();
    restart();

    assertThat(ledger.totals().lost()).isEqualTo(Map.of("crash", 2L));
    assertThat(ledger.totals().kept()).isEqualTo(4);
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

  private void killAfterTheFirstAppend() {
    spools.values().forEach(spool -> spool.next(Fault.KILLED_AFTER));
    assertThat(step()).isFalse();
  }

  private List<Long> lostToCrashes() {
    return spools.values().stream()
        .map(spool -> spool.state().lost().getOrDefault(LossReason.CRASH, 0L))
        .toList();
  }
}
