package dev.weir.relay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every dead store must do. */
abstract class DeadStoreContractTest {
  static final GroupName DEFAULT = new GroupName("default");
  static final ByteSize LARGE = ByteSize.ofMegabytes(1);
  private static final RunId RUN = RunId.random();

  abstract DeadStore open(ByteSize limit) throws IOException;

  static CaptureId id(long seq) {
    return new CaptureId(RUN, seq);
  }

  /** Number {@code seq}, which stood at 100 more. */
  static DeadCapture dead(String group, long seq, int bytes) {
    return new DeadCapture(
        new GroupName(group),
        id(seq),
        100 + seq,
        Instant.EPOCH,
        "no",
        3,
        500,
        new byte[] {1, 2},
        new byte[bytes]);
  }

  @Test
  void keepsEachCaptureOncePerGroup() throws Exception {
    try (DeadStore store = open(LARGE)) {
      assertThat(store.add(List.of(dead("default", 1, 10), dead("other", 1, 10))))
          .isEmpty();
      long bytes = store.bytes();
      assertThat(store.add(List.of(dead("default", 1, 10)))).isEmpty();
      assertThat(store.bytes()).isEqualTo(bytes);
      store.add(List.of(dead("default", 2, 10)));
      assertThat(store.index(DEFAULT))
          .isEqualTo(
              Map.of(id(1), new Place(101, State.RESTING), id(2), new Place(102, State.RESTING)));
      assertThat(store.index(new GroupName("other")))
          .isEqualTo(Map.of(id(1), new Place(101, State.RESTING)));
    }
  }

  @Test
  void dropsTheOldestAndSaysWhose() throws Exception {
    try (DeadStore store = open(new ByteSize(25_000))) {
      store.add(List.of(dead("default", 1, 10_000), dead("other", 2, 10_000)));
      assertThat(store.add(List.of(dead("default", 3, 10_000), dead("default", 4, 10_000))))
          .containsExactly(new DeadId(DEFAULT, id(1)), new DeadId(new GroupName("other"), id(2)));
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(3), id(4));
      assertThat(store.bytes()).isLessThanOrEqualTo(25_000);
    }
  }

  @Test
  void keepsTheNewestHoweverLarge() throws Exception {
    try (DeadStore store = open(new ByteSize(1_000))) {
      store.add(List.of(dead("default", 1, 10)));
      store.add(List.of(dead("default", 2, 10_000)));
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(2));
    }
  }

  @Test
  void readsPagesInOrder() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10), dead("other", 2, 10), dead("default", 3, 10)));
      List<DeadRow> all = store.read(null, null, 0, 10);
      assertThat(all).extracting(row -> row.capture().id()).containsExactly(id(1), id(2), id(3));
      assertThat(all).extracting(DeadRow::number).isSorted().doesNotHaveDuplicates();
      assertThat(all.get(0).capture()).usingRecursiveComparison().isEqualTo(dead("default", 1, 10));
      assertThat(store.read(DEFAULT, null, all.get(0).number(), 10))
          .singleElement()
          .satisfies(row -> assertThat(row.capture().id()).isEqualTo(id(3)));
      assertThat(store.read(null, null, 0, 2)).hasSize(2);
      assertThat(store.read(null, null, all.get(2).number(), 10)).isEmpty();
    }
  }

  @Test
  void readsNoMoreBytesThanItsBoundButAlwaysARow() throws Exception {
    int half = (int) (DeadStore.MOST_READ.bytes() / 2 + 1);
    try (DeadStore store = open(ByteSize.ofMegabytes(64))) {
      store.add(List.of(
          dead("default", 1, 3 * half), dead("default", 2, half), dead("default", 3, half)));
      assertThat(store.read(null, null, 0, 10)).hasSize(1);
    }
  }

  @Test
  void marksWhatIsDueAndHidesWhatIsGone() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10), dead("default", 2, 10), dead("default", 3, 10)));
      long bytes = store.bytes();
      store.mark(State.DUE, List.of(name(1), name(2), name(9)));
      assertThat(store.read(DEFAULT, State.DUE, 0, 10)).hasSize(2);
      store.mark(State.DELIVERED, List.of(name(1)));
      assertThat(store.read(null, null, 0, 10))
          .extracting(row -> row.capture().id())
          .containsExactly(id(2), id(3));
      assertThat(store.index(DEFAULT)).containsEntry(id(1), new Place(101, State.DELIVERED));
      assertThat(store.bytes()).as("room for others").isEqualTo(bytes * 2 / 3);
      store.remove(List.of(name(1), name(9)));
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(2), id(3));
      assertThat(store.bytes()).isEqualTo(bytes * 2 / 3);
    }
  }

  @Test
  void laysToRestAgainWhatWasTriedOnceMore() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10), dead("default", 2, 10)));
      long bytes = store.bytes();
      store.mark(State.DUE, List.of(name(1)));
      DeadCapture again = new DeadCapture(
          DEFAULT, id(1), 101, Instant.ofEpochSecond(7), "still no", 9, 503, null, new byte[10]);
      assertThat(store.add(List.of(again))).isEmpty();
      DeadRow row = store.read(null, null, 0, 10).get(0);
      assertThat(row.state()).isEqualTo(State.RESTING);
      assertThat(row.capture()).usingRecursiveComparison().isEqualTo(again);
      assertThat(store.bytes()).isLessThanOrEqualTo(bytes);
    }
  }

  @Test
  void dropsNobodyForWhatIsGone() throws Exception {
    try (DeadStore store = open(new ByteSize(25_000))) {
      store.add(List.of(dead("default", 1, 10_000), dead("default", 2, 10_000)));
      store.mark(State.PURGED, List.of(name(1)));
      assertThat(store.add(List.of(dead("default", 3, 10_000)))).isEmpty();
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(1), id(2), id(3));
    }
  }

  private static DeadId name(long seq) {
    return new DeadId(DEFAULT, id(seq));
  }
}
