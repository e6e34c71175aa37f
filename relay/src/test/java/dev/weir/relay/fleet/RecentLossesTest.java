package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentLossesTest {
  @TempDir
  private Path folder;

  private final ManualClock clock = new ManualClock();

  private RecentLosses losses() throws Exception {
    RecentLosses losses = new RecentLosses(clock, folder.resolve("losses.json"));
    losses.read();
    return losses;
  }

  private static SortedMap<String, SortedMap<String, Long>> lost(Map<String, Long> evictedBy) {
    SortedMap<String, SortedMap<String, Long>> lost = new TreeMap<>();
    evictedBy.forEach((who, count) -> lost.put(who, new TreeMap<>(Map.of("evicted", count))));
    return lost;
  }

  @Test
  void countsOnceWhatSeveralGroupsOfABucketLose() throws Exception {
    RecentLosses losses = losses();
    losses.take(lost(Map.of("", 1L, "shop/a", 10L, "shop/b", 500L, "web/a", 0L)));
    assertThat(losses.upTo(lost(Map.of("", 3L, "shop/a", 15L, "shop/b", 504L, "web/a", 7L))))
        .isEqualTo(Map.of("evicted", 2L + 5L + 7L));
  }

  @Test
  void isNotFooledByAGroupThatIsForgotten() throws Exception {
    RecentLosses losses = losses();
    losses.take(lost(Map.of("", 0L, "shop/a", 1_000L, "shop/b", 0L)));
    assertThat(losses.upTo(lost(Map.of("", 0L, "shop/b", 4L)))).isEqualTo(Map.of("evicted", 4L));
  }

  @Test
  void forgetsWhatAClockSaidThatWasAhead() throws Exception {
    clock.advance(Duration.ofDays(400));
    for (int hour = 0; hour < 3; hour++) {
      losses().take(lost(Map.of("", 1L)));
      clock.advance(Duration.ofHours(1));
    }
    clock.advance(Duration.ofDays(-400));
    for (int hour = 0; hour < 100; hour++) {
      losses().take(lost(Map.of("", 1L)));
      clock.advance(Duration.ofHours(1));
    }
    assertThat(Files.readString(folder.resolve("losses.json")).split("atMs")).hasSizeLessThan(28);
  }
}
