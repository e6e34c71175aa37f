package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.fleet.Stats.BucketRow;
import dev.weir.relay.fleet.Stats.GroupRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the page says of a bucket and who holds it. */
class BucketProblemsTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private static BucketRow bucket(long used, GroupRow... groups) {
    return new BucketRow(
        "shop",
        0,
        0,
        0,
        0,
        new TreeMap<>(),
        used,
        100,
        null,
        0,
        0,
        null,
        null,
        0,
        null,
        null,
        0,
        List.of(groups));
  }

  private static GroupRow group(String name, long waiting, long unheardMs) {
    boolean silent = unheardMs > 24 * HOUR;
    return new GroupRow(
        name,
        waiting,
        0,
        0,
        0,
        waiting,
        0,
        0,
        0,
        new TreeMap<>(),
        0,
        false,
        silent,
        unheardMs,
        null);
  }

  private static List<String> problems(BucketRow bucket) {
    return Problems.of(
        Totals.of(List.of(), Map.of()),
        new TreeMap<>(),
        List.of(),
        List.of(bucket),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void tellsWhatGrowsThatNobodyAsksFor() {
    assertThat(problems(bucket(1, group("staging", 1_200, HOUR)))).isEmpty();
    assertThat(problems(bucket(1, group("staging", 0, 48 * HOUR)))).isEmpty();
    assertThat(problems(bucket(1, group("staging", 1_200, 48 * HOUR))))
        .containsExactly(
            "bucket shop: group staging: 1,200 wait, and nobody has asked for 2 d 0 h");
  }

  @Test
  void namesWhoHoldsAFullBucketThoughAllAreSilent() {
    GroupRow gone = group("gone", 7, 48 * HOUR);
    GroupRow left = group("left", 9, 72 * HOUR);
    assertThat(problems(bucket(95, gone, left)))
        .first()
        .isEqualTo("bucket shop is 95 % full; held by group gone, left");
    assertThat(problems(bucket(95, gone, group("here", 3, 0))))
        .first()
        .isEqualTo("bucket shop is 95 % full; held by group here");
  }

  @Test
  void knowsThatASilentGroupHoldsOnlyWhereNobodyElseIsThere() {
    GroupRow gone = group("gone", 7, 48 * HOUR);
    assertThat(bucket(1, gone).isHeldBy(gone)).isTrue();
    assertThat(bucket(1, gone, group("here", 3, 0)).isHeldBy(gone)).isFalse();
  }
}
