package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.store.Envelope;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.script.Hook;
import dev.weir.script.Origin;
import dev.weir.spool.FaultySpool;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bucket with a hook, on a spool in memory. */
class ArrivalsTest {
  private static final RunId RUN = RunId.random();

  private final ManualClock clock = new ManualClock();
  private final Recorder hook = new Recorder();
  private InMemorySpool memory =
      new InMemorySpool(ByteSize.ofMegabytes(4), Duration.ofDays(7), clock);
  private FaultySpool spool = new FaultySpool(memory);
  private Bucket bucket = open();

  /** Notes what it is shown, and does what the test says by the capture's session. */
  private static final class Recorder implements Hook {
    final List<Origin> shown = new ArrayList<>();
    Function<Capture, Result> rule = Result.Kept::unchanged;
    boolean closed;

    @Override
    public Result run(Capture capture) {
      throw new AssertionError("a relay knows where a capture is from");
    }

    @Override
    public Result run(Capture capture, Origin origin) {
      shown.add(origin);
      return rule.apply(capture);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private Bucket open() {
    try {
      return Bucket.open(
          new BucketName("shop"),
          new Bucket.Rules(WhenFull.REFUSE, null, Map.of()),
          spool,
          new InMemoryDeadStore(ByteSize.ofMegabytes(1)),
          clock.clocks(),
          hook);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void balances() {
    assertThat(view().imbalance()).isZero();
  }

  private BucketView view() {
    clock.advance(Duration.ofSeconds(1));
    bucket.step();
    return bucket.view();
  }

  private RunBook book() {
    return view().runs().get(RUN);
  }

  private static List<Entry> frames(long first, String... sessions) {
    List<Entry> entries = new ArrayList<>();
    for (String session : sessions) {
      entries.add(new Frame(first + entries.size(), Samples.capture(session)));
    }
    return entries;
  }

  private CompletableFuture<Receipt> send(List<Entry> entries) {
    return bucket.append(new Shipment(RUN, "web-1", entries.get(0).from() - 1, entries));
  }

  private Receipt ship(List<Entry> entries) {
    CompletableFuture<Receipt> answer = send(entries);
    bucket.step();
    return answer.join();
  }

  /** What the bucket holds: id and session of each. */
  private List<String> stored() throws Exception {
    List<String> stored = new ArrayList<>();
    for (Entry entry : memory.read(1, 1_000, ByteSize.ofMegabytes(4))) {
      Envelope envelope = Envelope.decode(((Frame) entry).bytes());
      CaptureId id = envelope.id();
      stored.add(id.seq() + "." + id.copy() + " " + envelope.session());
    }
    return stored;
  }

  private static Hook.Result kept(String... sessions) {
    List<Hook.Emission> emissions = new ArrayList<>();
    for (String session : sessions) {
      try {
        emissions.add(new Hook.Emission(CaptureCodec.decode(Samples.capture(session)), Set.of()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return new Hook.Result.Kept(emissions);
  }

  private static Hook.Result bySession(Capture capture) {
    return switch (capture.session()) {
      case "edit" -> kept("edited");
      case "drop" -> new Hook.Result.Dropped("unwanted");
      case "split" -> kept("one", "two", "three");
      case "fail" -> new Hook.Result.Failed("mask.lua:3: nil");
      default -> Hook.Result.Kept.unchanged(capture);
    };
  }

  @Test
  void booksWhatTheHookMakesOfEachCapture() throws Exception {
    hook.rule = ArrivalsTest::bySession;

    Receipt receipt = ship(frames(1, "as it is", "edit", "drop", "split", "fail", "last"));

    assertThat(((Receipt.Stored) receipt).through()).isEqualTo(6);
    assertThat(stored())
        .containsExactly(
            "1.1 as it is", "2.1 edited", "4.1 one", "4.2 two", "4.3 three", "6.1 last");
    assertThat(book())
        .extracting(RunBook::mark, RunBook::stored, RunBook::copies, RunBook::filtered)
        .containsExactly(6L, 4L, 2L, 1L);
    assertThat(book().lost().byReason()).isEqualTo(Map.of(LossReason.HOOK_ERROR, 1L));
    assertThat(view().slowest().captures()).isEqualTo(6);
    assertThat(hook.shown.get(1)).isEqualTo(new Origin(new CaptureId(RUN, 2), 0, "web-1"));
  }

  @Test
  void remembersItsBooksWhenItIsOpenedAgain() {
    hook.rule = ArrivalsTest::bySession;
    ship(frames(1, "split", "drop"));
    RunBook before = book();

    memory = memory.reopen(Map.of());
    spool = new FaultySpool(memory);
    bucket = open();

    assertThat(book()).isEqualTo(before);
    assertThat(before.copies()).isEqualTo(2);
  }

  @Test
  void showsTheHookNothingTwice() throws Exception {
    CompletableFuture<Receipt> first = send(frames(1, "a", "b"));
    CompletableFuture<Receipt> again = send(frames(1, "a", "b", "c"));
    bucket.step();
    assertThat(first).isDone();
    assertThat(again).isNotDone();
    bucket.step();

    assertThat(((Receipt.Stored) again.join()).duplicates()).isEqualTo(2);
    assertThat(hook.shown).hasSize(3);
    assertThat(stored()).containsExactly("1.1 a", "2.1 b", "3.1 c");
  }

  @Test
  void showsTheHookNothingOfABatchAfterAHole() {
    ship(frames(1, "a"));
    CompletableFuture<Receipt> hole = bucket.append(new Shipment(RUN, "web-1", 1, frames(3, "c")));
    bucket.step();

    assertThat(hole.join()).isEqualTo(new Receipt.Missing(2));
    assertThat(hook.shown).hasSize(1);
  }

  @Test
  void passesGapsAndWhatIsRolledBack() {
    List<Entry> entries = new ArrayList<>(frames(4, "a"));
    entries.add(new Gap(5, 9, LossReason.EVICTED));
    entries.addAll(frames(10, "b"));

    ship(entries);

    assertThat(book())
        .extracting(RunBook::mark, RunBook::stored, RunBook::rolledBack)
        .containsExactly(10L, 2L, 3L);
    assertThat(hook.shown).hasSize(2);
  }

  @Test
  void keepsNothingThatTheHookCannotRead() throws Exception {
    List<Entry> entries = new ArrayList<>(frames(1, "a"));
    entries.add(new Frame(2, new byte[] {1, 2, 3}));

    ship(entries);

    assertThat(stored()).containsExactly("1.1 a");
    assertThat(book().lost().byReason()).isEqualTo(Map.of(LossReason.HOOK_ERROR, 1L));
  }

  @Test
  void booksASlowBatchAsFarAsTheHookHasCome() throws Exception {
    hook.rule = capture -> {
      clock.advance(Arrivals.MOST_TIME.dividedBy(2));
      return Hook.Result.Kept.unchanged(capture);
    };
    List<Entry> entries = frames(1, "a", "b", "c", "d", "e");

    assertThat(((Receipt.Stored) ship(entries)).through()).isEqualTo(2);
    assertThat(((Receipt.Stored) ship(entries)).through()).isEqualTo(4);
    assertThat(((Receipt.Stored) ship(entries)).through()).isEqualTo(5);
    assertThat(stored()).hasSize(5);
    assertThat(hook.shown).hasSize(5);
  }

  @Test
  void keepsNothingThatTheDiskRefusedAndTakesItTheNextTime() throws Exception {
    hook.rule = ArrivalsTest::bySession;
    spool.fail(FaultySpool.Call.APPEND, Integer.MAX_VALUE);
    CompletableFuture<Receipt> batch = send(frames(1, "split"));
    bucket.step();
    assertThatThrownBy(batch::join).hasRootCauseInstanceOf(IOException.class);

    spool.heal();
    ship(frames(1, "split"));

    assertThat(stored()).containsExactly("1.1 one", "1.2 two", "1.3 three");
    assertThat(book().mark()).isEqualTo(1);
  }

  @Test
  void goesOnWithTheNextBatchAfterAHookThatBreaks() throws Exception {
    hook.rule = capture -> {
      throw new StackOverflowError("injected");
    };
    CompletableFuture<Receipt> batch = send(frames(1, "a"));

    assertThatThrownBy(bucket::step).hasMessage("injected");

    assertThat(batch)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
    hook.rule = Hook.Result.Kept::unchanged;
    ship(frames(1, "a"));
    assertThat(stored()).containsExactly("1.1 a");
  }

  @Test
  void refusesAFullBucketAndDropsNothing() {
    String large = "x".repeat(900_000);
    hook.rule = capture -> kept(large, large, large, large, large);

    assertThat(ship(frames(1, "a"))).isInstanceOf(Receipt.Full.class);
    assertThat(view().runs()).isEmpty();
  }

  @Test
  void turnsAwayWhoComesWhenTooManyWait() {
    List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
    for (int i = 0; i < Arrivals.MAX_QUEUED; i++) {
      waiting.add(send(frames(1, "a")));
    }
    CompletableFuture<Receipt> late = send(frames(1, "a"));

    assertThatThrownBy(late::join).hasMessageContaining("too much to do");
    for (int i = 0; i < Arrivals.MAX_QUEUED; i++) {
      bucket.step();
    }
    assertThat(waiting).allMatch(CompletableFuture::isDone);
    assertThat(hook.shown).hasSize(1);
  }

  @Test
  void answersEverybodyAndStopsTheHookWhenItCloses() throws Exception {
    CompletableFuture<Receipt> waiting = send(frames(1, "a"));

    bucket.close();
    bucket.close();

    assertThatThrownBy(waiting::join).hasMessageContaining("is closing");
    assertThat(send(frames(1, "a"))).isCompletedExceptionally();
    assertThat(hook.closed).isTrue();
    memory = memory.reopen(Map.of());
    spool = new FaultySpool(memory);
    bucket = open();
  }
}
