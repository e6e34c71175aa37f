package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.bucket.RunBook;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.store.Losses;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import dev.weir.wire.ProxyReport.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TotalsTest {
  private static final RunId RUN = RunId.random();
  private static final long FIRST = 1;

  /**
   * 100 captured: 3 in progress, 2 queued, 5 filtered, 1 crashed, 89 numbered of which 80 acked.
   */
  private static ProxyReport proxy(long waiting) {
    return proxy(waiting, 0);
  }

  /** The same, after an earlier run of so many. */
  private static ProxyReport proxy(long waiting, long past) {
    return report(
        100 + past,
        89 + past,
        new BucketState(
            "shop",
            89 + past,
            81 + past,
            waiting,
            0,
            0,
            new TreeMap<>(),
            0,
            "shipping",
            List.of(new RunState(RUN.value(), 89, 80))));
  }

  private static ProxyReport report(long captured, long numbered, BucketState state) {
    boolean some = captured > 0;
    return new ProxyReport(
        "web-1",
        "i",
        "d",
        "1",
        0,
        captured,
        some ? 3 : 0,
        some ? 2 : 0,
        new TreeMap<>(Map.of("excluded", some ? 5L : 0)),
        numbered,
        0,
        0,
        new TreeMap<>(Map.of("crash", some ? 1L : 0)),
        0,
        numbered,
        0,
        List.of(state),
        0,
        Map.of(),
        Map.of());
  }

  private static BucketView bucket(RunBook book, GroupView... groups) {
    return bucket(Map.of(RUN, book), book(0, 0, 0), groups);
  }

  private static BucketView bucket(Map<RunId, RunBook> runs, RunBook past, GroupView... groups) {
    return new BucketView(
        new BucketName("shop"),
        new ByteSize(0),
        new ByteSize(0),
        new ByteSize(0),
        runs,
        past,
        List.of(groups),
        FIRST,
        null,
        null,
        0,
        null);
  }

  private static RunBook book(long stored, long lost, long rolledBack) {
    return new RunBook(
        stored + lost + rolledBack,
        stored,
        0,
        0,
        0,
        Losses.NONE.plus(LossReason.EVICTED, lost),
        rolledBack,
        0,
        "web-1");
  }

  private static GroupView group(
      String name, long stored, long captures, long delivered, boolean silent) {
    return new GroupView(
        new GroupName(name),
        FIRST + stored - captures,
        captures,
        0,
        delivered,
        0,
        0,
        Losses.NONE,
        captures - delivered,
        0,
        0,
        1,
        0,
        false,
        Duration.ZERO,
        silent,
        null);
  }

  private static Totals totals(ProxyReport proxy, BucketView bucket) {
    return Totals.of(List.of(proxy), Map.of("shop", bucket));
  }

  @Test
  void balanceWhenEverybodyKnowsTheSame() {
    Totals totals = totals(proxy(9), bucket(book(80, 0, 0), group("default", 80, 80, 70, false)));
    assertThat(totals)
        .extracting(
            Totals::captured, Totals::filtered, Totals::delivered, Totals::waiting, Totals::lost)
        .containsExactly(100L, 5L, 70L, 3L + 2 + 9 + 10, 1L);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void balanceWhenTheRelayHasMoreThanTheProxyHeardOf() {
    Totals totals = totals(proxy(9), bucket(book(85, 0, 0), group("default", 85, 85, 70, false)));
    assertThat(totals.waiting()).isEqualTo(3 + 2 + 4 + 15);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countWhatTheProxyLostAndTheRelayWasNotTold() {
    Totals totals = totals(proxy(6), bucket(book(80, 0, 0), group("default", 80, 80, 70, false)));
    assertThat(totals.lostByReason()).containsEntry("evicted", 3L);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countTheSameOnceTheRelayWasTold() {
    Totals totals = totals(proxy(6), bucket(book(80, 3, 0), group("default", 80, 80, 70, false)));
    assertThat(totals.lostByReason()).containsEntry("evicted", 3L);
    assertThat(totals.waiting()).isEqualTo(3 + 2 + 6 + 10);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countWhatARestoredRelayDoesNotRemember() {
    Totals before = totals(proxy(9), bucket(book(50, 0, 0), group("default", 50, 50, 50, false)));
    assertThat(before.lostByReason()).containsEntry("rolled-back", 30L);
    assertThat(before.difference()).isZero();
    Totals after = totals(proxy(9), bucket(book(50, 0, 30), group("default", 50, 50, 50, false)));
    assertThat(after.lostByReason()).containsEntry("rolled-back", 30L);
    assertThat(after.difference()).isZero();
  }

  @Test
  void countWhatANewRelayNeverHeardOf() {
    Totals totals = totals(proxy(9, 111), bucket(book(0, 0, 80), group("default", 0, 0, 0, false)));
    assertThat(totals.lostByReason()).containsEntry("rolled-back", 111L + 80);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countNoRunAsForgottenThatTheRelayKnows() {
    BucketView bucket = bucket(
        Map.of(RUN, book(80, 0, 0), RunId.random(), book(11, 0, 0)),
        book(100, 0, 0),
        group("default", 191, 191, 70, false));
    Totals totals = totals(proxy(9, 111), bucket);
    assertThat(totals.lostByReason()).containsOnlyKeys("crash");
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countTheRunsOfADirectoryOnceThoughThereIsACopy() {
    RunState fresh = new RunState(RunId.random().value(), 0, 0);
    BucketState inherited =
        new BucketState("shop", 200, 201, 0, 0, 0, new TreeMap<>(), 0, "idle", List.of(fresh));
    BucketView bucket =
        bucket(Map.of(RUN, book(80, 0, 0)), book(111, 0, 0), group("default", 191, 191, 70, false));
    Totals totals =
        Totals.of(List.of(proxy(9, 111), report(0, 0, inherited)), Map.of("shop", bucket));
    assertThat(totals.lostByReason().getOrDefault("rolled-back", 0L)).isZero();
    assertThat(totals.difference()).isZero();
  }

  @Test
  void takeTheSlowestGroupThatIsNotSilentAndHadItAll() {
    GroupView silent = group("gone", 80, 80, 0, true);
    GroupView late = group("late", 80, 20, 0, false);
    GroupView slow = group("slow", 80, 80, 60, false);
    GroupView fast = group("fast", 80, 80, 80, false);
    Totals totals = totals(proxy(9), bucket(book(80, 0, 0), fast, silent, slow, late));
    assertThat(totals.delivered()).isEqualTo(60);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void countWhatCameBeforeTheOnlyGroupThatIsLeft() {
    Totals totals = totals(proxy(9), bucket(book(80, 0, 0), group("late", 80, 20, 5, false)));
    assertThat(totals).extracting(Totals::earlier, Totals::delivered).containsExactly(60L, 5L);
    assertThat(totals.difference()).isZero();
  }

  @Test
  void sumUpWhatEveryEquationIsOffBy() {
    RunBook off = new RunBook(10, 7, 0, 0, 0, Losses.NONE, 1, 0, "");
    GroupView short1 = new GroupView(
        new GroupName("default"),
        1,
        5,
        0,
        6,
        0,
        0,
        Losses.NONE,
        0,
        0,
        0,
        1,
        0,
        false,
        Duration.ZERO,
        false,
        null);
    assertThat(totals(proxy(9), bucket(off, short1)).imbalance()).isEqualTo(2 + 1);
  }
}
