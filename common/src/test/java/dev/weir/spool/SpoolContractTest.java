package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.DROP_OLDEST;
import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.Run;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Spool} promises. */
abstract class SpoolContractTest {
  static final ByteSize LIMIT = ByteSize.ofMegabytes(16);
  static final Duration MAX_AGE = Duration.ofHours(16);
  static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  static final int ANY_NUMBER = 1_000_000;

  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  final InstantSource clock = () -> now;
  Spool spool;

  /** Opens the spool: a new one at first, later the same one again, which has been closed. */
  abstract Spool open(Map<RunId, Long> numbered) throws IOException;

  @BeforeEach
  void openNew() throws IOException {
    spool = open(Map.of());
  }

  @AfterEach
  void closeLast() throws IOException {
    spool.close();
  }

  @Test
  void startsEmptyAtPositionOne() throws IOException {
    assertThat(spool.state().first()).isEqualTo(1);
    assertThat(spool.state().next()).isEqualTo(1);
    assertThat(spool.state().waiting()).isZero();
    assertThat(spool.state().lost()).isEmpty();
    assertThat(spool.state().run().first()).isEqualTo(1);
    assertThat(spool.read(1, ANY_NUMBER, ANY_SIZE)).isEmpty();
    assertThat(spool.marks()).isEmpty();
  }

  @Test
  void readsBackWhatWasAppended() throws IOException {
    assertThat(append("a", "b")).isEqualTo(new Append.Done(1, 2));
    assertThat(append("c")).isEqualTo(new Append.Done(3, 3));

    assertThat(readAll(1)).containsExactly("1:a", "2:b", "3:c");
    assertThat(readAll(3)).containsExactly("3:c");
    assertThat(readAll(4)).isEmpty();
    assertThat(spool.state().waiting()).isEqualTo(3);
  }

  @Test
  void keepsEmptyAndLargeFrames() throws IOException {
    byte[] large = new byte[700_000];
    Arrays.fill(large, (byte) 7);

    spool.append(List.of(new byte[0], large), Map.of(), REFUSE);

    List<Entry> entries = spool.read(1, ANY_NUMBER, ANY_SIZE);
    assertThat(((Frame) entries.get(0)).bytes()).isEmpty();
    assertThat(((Frame) entries.get(1)).bytes()).isEqualTo(large);
  }

  @Test
  void commitsMarksAlone() throws IOException {
    assertThat(spool.append(List.of(), mark("a", "1"), REFUSE)).isEqualTo(new Append.Done(1, 0));
    append("x");
    assertThat(spool.append(List.of(), mark("b", "2"), REFUSE)).isEqualTo(new Append.Done(2, 1));

    assertThat(spool.marks()).containsOnlyKeys("a", "b");
    assertThat(spool.marks().get("a")).asString(UTF_8).isEqualTo("1");
  }

  @Test
  void replacesAndRemovesMarks() throws IOException {
    spool.append(List.of(), Map.of("a", bytes("1"), "b", bytes("1")), REFUSE);
    spool.append(List.of(bytes("x")), Map.of("a", bytes("2"), "b", new byte[0]), REFUSE);

    assertThat(spool.marks()).containsOnlyKeys("a");
    assertThat(spool.marks().get("a")).asString(UTF_8).isEqualTo("2");

    reopen();
    assertThat(spool.marks()).containsOnlyKeys("a");
    assertThat(spool.marks().get("a")).asString(UTF_8).isEqualTo("2");
  }

  @Test
  void boundsABatchByNumber() throws IOException {
    append("a", "b", "c");

    assertThat(spool.read(1, 2, ANY_SIZE)).hasSize(2);
  }

  @Test
  void boundsABatchByBytesButReadsAtLeastOne() throws IOException {
    append("aaaa", "bbbb", "cccc");

    assertThat(spool.read(1, ANY_NUMBER, new ByteSize(8))).hasSize(2);
    assertThat(spool.read(1, ANY_NUMBER, new ByteSize(7))).hasSize(1);
    assertThat(spool.read(1, ANY_NUMBER, new ByteSize(1))).hasSize(1);
  }

  @Test
  void readsALossAsAGapAtOnce() throws IOException {
    append("a");
    spool.lose(3, LossReason.IO_ERROR);

    assertThat(readAll(1)).containsExactly("1:a", "2-4:io-error");
    assertThat(readAll(3)).containsExactly("3-4:io-error");

    append("b");
    assertThat(readAll(1)).containsExactly("1:a", "2-4:io-error", "5:b");
    assertThat(spool.state().waiting()).isEqualTo(2);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.IO_ERROR, 3L));
  }

  @Test
  void joinsLossesOfOneReason() throws IOException {
    spool.lose(1, LossReason.FULL);
    spool.append(List.of(), Map.of(), REFUSE);
    spool.lose(2, LossReason.FULL);
    spool.lose(1, LossReason.IO_ERROR);
    append("a");

    assertThat(readAll(1)).containsExactly("1-3:full", "4-4:io-error", "5:a");
    reopen();
    assertThat(readAll(1)).containsExactly("1-3:full", "4-4:io-error", "5:a");
  }

  @Test
  void refusesToLoseNothing() {
    assertThatThrownBy(() -> spool.lose(0, LossReason.FULL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void forgetsWhatIsTruncated() throws IOException {
    append("a", "b", "c");
    spool.truncate(3);

    assertThat(spool.state().first()).isEqualTo(3);
    assertThat(spool.state().waiting()).isEqualTo(1);
    assertThat(spool.state().lost()).isEmpty();
    assertThat(readAll(1)).containsExactly("3:c");
  }

  @Test
  void truncatesToTheEndAndNeverBack() throws IOException {
    append("a", "b");
    spool.truncate(3);
    spool.truncate(1);

    assertThat(spool.state().first()).isEqualTo(3);
    assertThat(spool.state().waiting()).isZero();
    assertThat(readAll(1)).isEmpty();
    append("c");
    assertThat(readAll(1)).containsExactly("3:c");
  }

  @Test
  void refusesToTruncateWhatIsNotThere() {
    assertThatThrownBy(() -> spool.truncate(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void truncatesIntoAGap() throws IOException {
    append("a");
    spool.lose(4, LossReason.FULL);
    append("b");
    spool.truncate(4);

    assertThat(readAll(1)).containsExactly("4-5:full", "6:b");
    assertThat(spool.state().waiting()).isEqualTo(1);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.FULL, 4L));
  }

  @Test
  void goesOnInANewRunAfterReopening() throws IOException {
    append("a", "b");
    Run before = spool.state().run();
    reopen();
    Run after = spool.state().run();

    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.first()).isEqualTo(3);
    assertThat(append("c")).isEqualTo(new Append.Done(3, 3));
    assertThat(spool.state().runs()).containsExactly(before, after);
    assertThat(spool.runAt(2)).isEqualTo(before);
    assertThat(spool.runAt(3)).isEqualTo(after);
    assertThat(spool.runAt(4)).isEqualTo(after);
    assertThat(after.idAt(3).seq()).isEqualTo(1);
    assertThat(after.positionOf(1)).isEqualTo(3);
  }

  @Test
  void neverReadsAcrossTheEndOfARun() throws IOException {
    append("a");
    spool.lose(1, LossReason.FULL);
    reopen();
    spool.lose(1, LossReason.FULL);
    append("b");

    assertThat(readAll(1)).containsExactly("1:a", "2-2:full");
    assertThat(readAll(3)).containsExactly("3-3:full", "4:b");
  }

  @Test
  void keepsTheTruncationAndTheLossesAcrossReopening() throws IOException {
    append("a", "b");
    spool.lose(2, LossReason.HOOK_ERROR);
    spool.truncate(2);
    reopen();

    assertThat(readAll(1)).containsExactly("2:b", "3-4:hook-error");
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.HOOK_ERROR, 2L));
    assertThat(spool.state().waiting()).isEqualTo(1);
  }

  @Test
  void booksWhatWasNumberedAndNotCommittedAsACrash() throws IOException {
    append("a");
    RunId crashed = spool.state().run().id();
    reopen(Map.of(crashed, 4L, RunId.random(), 9L));

    assertThat(spool.state().run().first()).isEqualTo(5);
    assertThat(readAll(1)).containsExactly("1:a", "2-4:crash");
    assertThat(spool.runAt(4).id()).isEqualTo(crashed);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CRASH, 3L));
    reopen(Map.of(crashed, 4L));
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CRASH, 3L));
  }

  @Test
  void booksACrashBeforeTheFirstCommit() throws IOException {
    RunId crashed = spool.state().run().id();
    reopen(Map.of(crashed, 2L));

    assertThat(readAll(1)).containsExactly("1-2:crash");
    append("a");
    assertThat(readAll(3)).containsExactly("3:a");
  }

  @Test
  void answersFullWhenTold() throws IOException {
    long fitting = fill();

    assertThat(spool.append(List.of(new byte[10_000]), Map.of(), REFUSE))
        .isInstanceOf(Append.Full.class);
    assertThat(spool.state().next()).isEqualTo(fitting + 1);
    assertThat(spool.state().waiting()).isEqualTo(fitting);
    assertThat(spool.state().lost()).isEmpty();
    assertThat(spool.state().used()).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void commitsMarksInAFullSpool() throws IOException {
    fill();

    assertThat(spool.append(List.of(), mark("m", "1"), REFUSE)).isInstanceOf(Append.Done.class);
    assertThat(spool.marks()).containsOnlyKeys("m");
  }

  @Test
  void hasRoomAgainAfterTruncating() throws IOException {
    long fitting = fill();
    spool.truncate(fitting / 2);

    assertThat(spool.append(List.of(new byte[10_000]), Map.of(), REFUSE))
        .isEqualTo(new Append.Done(fitting + 1, fitting + 1));
  }

  @Test
  void dropsTheOldestWhenTold() throws IOException {
    long fitting = fill();
    byte[] newest = new byte[10_000];

    assertThat(spool.append(List.of(newest), mark("m", "1"), DROP_OLDEST))
        .isEqualTo(new Append.Done(fitting + 1, fitting + 1));

    List<Entry> entries = spool.read(1, ANY_NUMBER, ANY_SIZE);
    Gap gap = (Gap) entries.get(0);
    assertThat(gap.from()).isEqualTo(1);
    assertThat(gap.reason()).isEqualTo(LossReason.EVICTED);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.EVICTED, gap.count()));
    assertThat(spool.state().waiting()).isEqualTo(fitting + 1 - gap.count());
    assertThat(spool.state().used()).isLessThanOrEqualTo(LIMIT);
    assertThat(entries).hasSize((int) (fitting + 2 - gap.count()));
    reopen();
    assertThat(spool.read(1, 1, ANY_SIZE)).containsExactly(gap);
  }

  @Test
  void countsAnEvictedLossOnce() throws IOException {
    spool.lose(5, LossReason.HOOK_ERROR);
    long fitting = fill();
    spool.append(List.of(new byte[10_000]), Map.of(), DROP_OLDEST);

    Gap gap = (Gap) spool.read(1, 1, ANY_SIZE).get(0);
    assertThat(gap.from()).isEqualTo(1);
    assertThat(spool.state().lost())
        .isEqualTo(Map.of(LossReason.HOOK_ERROR, 5L, LossReason.EVICTED, gap.count() - 5));
    assertThat(spool.state().waiting()).isEqualTo(fitting + 1 - (gap.count() - 5));
  }

  @Test
  void countsNoTruncatedFrameAsEvicted() throws IOException {
    fill();
    spool.truncate(11);
    spool.append(List.of(new byte[10_000]), Map.of(), DROP_OLDEST);

    Gap gap = (Gap) spool.read(1, 1, ANY_SIZE).get(0);
    assertThat(gap.from()).isEqualTo(11);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.EVICTED, gap.count()));
  }

  @Test
  void leavesNoHoleWhereALossOutlivesItsSegment() throws IOException {
    spool.append(Collections.nCopies(90, new byte[10_000]), Map.of(), REFUSE);
    spool.lose(2, LossReason.FULL);
    reopen();
    spool.lose(2, LossReason.FULL);
    long fitting = fill();
    spool.append(List.of(new byte[10_000]), Map.of(), DROP_OLDEST);

    long at = 1;
    while (at < spool.state().next()) {
      Entry entry = spool.read(at, 1, ANY_SIZE).get(0);
      assertThat(entry.from()).isEqualTo(at);
      assertThat(entry.through()).isGreaterThanOrEqualTo(at);
      at = entry.through() + 1;
    }
    assertThat(at).isEqualTo(94 + fitting + 2);
  }

  @Test
  void answersFullRatherThanDropWhatIsBeingWritten() throws IOException {
    byte[] tooLarge = new byte[17 << 20];

    assertThat(spool.append(List.of(tooLarge), Map.of(), DROP_OLDEST))
        .isInstanceOf(Append.Full.class);
    assertThat(append("a")).isInstanceOf(Append.Done.class);
  }

  @Test
  void dropsNothingForAFrameThatCanNeverFit() throws IOException {
    long fitting = fill();

    assertThat(spool.append(List.of(new byte[17 << 20]), Map.of(), DROP_OLDEST))
        .isInstanceOf(Append.Full.class);
    assertThat(spool.state().waiting()).isEqualTo(fitting);
    assertThat(spool.state().lost()).isEmpty();
  }

  @Test
  void dropsWhatIsTooOld() throws IOException {
    append("a", "b");
    now = now.plus(MAX_AGE.dividedBy(2));
    spool.expire();
    append("c");
    now = now.plus(MAX_AGE.dividedBy(2)).plusSeconds(1);
    spool.expire();

    assertThat(spool.state().waiting()).isGreaterThanOrEqualTo(1);
    assertThat(readAll(3)).containsExactly("3:c");

    now = now.plus(MAX_AGE).plusSeconds(1);
    spool.expire();
    assertThat(readAll(1)).containsExactly("1-3:expired");
    assertThat(spool.state().waiting()).isZero();
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.EXPIRED, 3L));
    append("d");
    assertThat(readAll(1)).containsExactly("1-3:expired", "4:d");
  }

  @Test
  void dropsNothingThatIsYoung() throws IOException {
    append("a");
    now = now.plus(MAX_AGE).minusSeconds(1);
    spool.expire();

    assertThat(readAll(1)).containsExactly("1:a");
  }

  @Test
  void canBeClosedTwice() throws IOException {
    append("a");
    spool.close();
    spool.close();

    assertThatThrownBy(() -> append("b")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> readAll(1)).isInstanceOf(IOException.class);
    assertThat(spool.state().next()).isEqualTo(2);
  }

  final void reopen() throws IOException {
    reopen(Map.of());
  }

  final void reopen(Map<RunId, Long> numbered) throws IOException {
    spool.close();
    spool = open(numbered);
  }

  final Append append(String... frames) throws IOException {
    return spool.append(
        Arrays.stream(frames).map(SpoolContractTest::bytes).toList(), Map.of(), REFUSE);
  }

  /** Appends frames of 10,000 bytes until no more fit; how many did. */
  private long fill() throws IOException {
    long frames = 0;
    for (int size : new int[] {50, 10, 1}) {
      List<byte[]> batch = Collections.nCopies(size, new byte[10_000]);
      while (spool.append(batch, Map.of(), REFUSE) instanceof Append.Done) {
        frames += size;
      }
    }
    assertThat(frames).isGreaterThan(500);
    return frames;
  }

  /** One read, as {@code position:text} and {@code from-through:reason}. */
  final List<String> readAll(long from) throws IOException {
    return shown(spool.read(from, ANY_NUMBER, ANY_SIZE));
  }

  static List<String> shown(List<Entry> entries) {
    List<String> lines = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry instanceof Frame frame) {
        lines.add(frame.position() + ":" + new String(frame.bytes(), UTF_8));
      } else if (entry instanceof Gap gap) {
        lines.add(gap.from() + "-" + gap.through() + ":" + gap.reason());
      }
    }
    return lines;
  }

  static Map<String, byte[]> mark(String name, String value) {
    return Map.of(name, bytes(value));
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
