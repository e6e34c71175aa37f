package dev.weir.relay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
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
      assertThat(store.offsets(DEFAULT)).isEqualTo(Map.of(id(1), 101L, id(2), 102L));
      assertThat(store.offsets(new GroupName("other"))).isEqualTo(Map.of(id(1), 101L));
    }
  }

  @Test
  void dropsTheOldestAndSaysWhose() throws Exception {
    try (DeadStore store = open(new ByteSize(25_000))) {
      store.add(List.of(dead("default", 1, 10_000), dead("other", 2, 10_000)));
      assertThat(store.add(List.of(dead("default", 3, 10_000), dead("default", 4, 10_000))))
          .isEqualTo(Map.of(DEFAULT, 1L, new GroupName("other"), 1L));
      assertThat(store.offsets(DEFAULT)).containsOnlyKeys(id(3), id(4));
      assertThat(store.bytes()).isLessThanOrEqualTo(25_000);
    }
  }

  @Test
  void keepsTheNewestHoweverLarge() throws Exception {
    try (DeadStore store = open(new ByteSize(1_000))) {
      store.add(List.of(dead("default", 1, 10)));
      store.add(List.of(dead("default", 2, 10_000)));
      assertThat(store.offsets(DEFAULT)).containsOnlyKeys(id(2));
    }
  }
}
