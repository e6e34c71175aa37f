package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Tokens;
import dev.weir.relay.ManualClock;
import dev.weir.relay.bucket.Buckets;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import dev.weir.wire.Report;
import dev.weir.wire.ScriptState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says of proxies and players that run, are silent, or have stopped. */
class ProblemsTest {
  private static final Duration DAYS = Duration.ofDays(12);

  private final ManualClock clock = new ManualClock();
  private final Fleet fleet = new Fleet(clock);

  @TempDir
  private Path data;

  private RecentLosses losses;
  private Observatory observatory;

  @BeforeEach
  void start() throws IOException {
    losses = new RecentLosses(clock, data.resolve("losses.json"));
    losses.read();
    observatory = new Observatory(
        new Observatory.Own("relay", TreeMap::new, Tokens.NONE, Map.of()),
        new Buckets(
            name -> {
              throw new IOException("there are none");
            },
            false),
        fleet,
        new Pulse(List::of, clock),
        losses,
        clock);
  }

  private void takeLosses() {
    observatory.noteLosses();
  }

  private static Report proxy(String name, long inProgress, long spooled, String state) {
    BucketState bucket =
        new BucketState("shop", spooled, 1, spooled, 0, 1, new TreeMap<>(), -1, state, List.of());
    return proxy(name, inProgress, bucket, Map.of(), List.of(brokenScript()));
  }

  private static Report losing(String name, Map<String, Long> lost) {
    BucketState bucket =
        new BucketState("shop", 0, 1, 0, 0, 1, new TreeMap<>(), -1, "idle", List.of());
    return proxy(name, 0, bucket, lost, List.of());
  }

  private static Report proxy(
      String name,
      long inProgress,
      BucketState bucket,
      Map<String, Long> lost,
      List<ScriptState> scripts) {
    long spooled = bucket.numbered();
    return new Report(
        new ProxyReport(
            name,
            "of-" + name,
            "in-" + name,
            "1",
            1,
            inProgress + spooled,
            inProgress,
            0,
            new TreeMap<>(),
            spooled,
            0,
            0,
            new TreeMap<>(lost),
            0,
            spooled,
            0,
            List.of(bucket),
            0,
            Map.of(),
            Map.of("shop", scripts)),
        null);
  }

  private static ScriptState brokenScript() {
    return new ScriptState("mask.lua", 1, 0, new TreeMap<>(), 0, "", 0, "line 3");
  }

  private static Report player(String name, String circuit, int replays) {
    ReplayState replay = new ReplayState(
        "shop",
        "default",
        "staging",
        "session",
        0,
        0,
        0,
        0,
        0,
        new TreeMap<>(),
        0,
        0,
        0,
        circuit,
        "refused",
        List.of());
    return new Report(
        null, new PlayerReport(name, "of-" + name, "1", 1, Collections.nCopies(replays, replay)));
  }

  private void hear(Report report) {
    fleet.hear(report, 1_000);
  }

  private List<String> problems() {
    return observatory.stats().problems();
  }

  @Test
  void knowsWhoIsSilentOnceHoweverManyReplays() {
    hear(player("p", "closed", 5));
    assertThat(problems()).isEmpty();
    clock.advance(Duration.ofMinutes(2));
    assertThat(problems()).containsExactly("player p silent for 2 min 0 s");
  }

  @Test
  void takesWhoStoppedForNoProblem() {
    hear(player("p", "open", 1).last());
    hear(proxy("w", 0, 7, "the relay is away").last());
    hear(proxy("empty", 0, 0, "idle").last());
    clock.advance(Duration.ofMinutes(10));
    assertThat(problems()).isEmpty();
    clock.advance(DAYS);
    assertThat(problems()).containsExactly("proxy w stopped 12 d 0 h ago, 7 wait there");
  }

  @Test
  void tellsWhatWasLostWithinADay() throws IOException {
    hear(losing("old", Map.of("crash", 3L)));
    takeLosses();
    assertThat(lately()).isEmpty();
    hear(losing("new", Map.of("crash", 1L, "queue-full", 1_200L, "purged", 5L)));
    String said = "1,201 captures were lost within a day: 1 crash, 1,200 queue-full";
    assertThat(lately()).containsExactly(said);
    for (int hour = 0; hour < 24; hour++) {
      clock.advance(RecentLosses.EVERY);
      takeLosses();
      start(); // a restart hides nothing
      assertThat(lately()).as("after %s hours", hour + 1).containsExactly(said);
    }
    clock.advance(RecentLosses.EVERY);
    takeLosses();
    assertThat(lately()).isEmpty();
  }

  private List<String> lately() {
    return problems().stream().filter(each -> each.contains("within a day")).toList();
  }

  @Test
  void waitsForNobodyForEverSaveForTheCapturesThere() {
    hear(player("p", "closed", 1));
    hear(proxy("empty", 1, 0, "idle"));
    hear(proxy("full", 0, 7, "idle"));
    clock.advance(Duration.ofMinutes(1));
    assertThat(problems())
        .containsExactly(
            "proxy empty silent for 1 min 0 s, 1 wait there",
            "proxy full silent for 1 min 0 s, 7 wait there",
            "player p silent for 1 min 0 s");
    clock.advance(DAYS);
    assertThat(problems()).containsExactly("proxy full silent for 12 d 0 h, 7 wait there");
    assertThat(observatory.totals().captured()).as("their books stay").isEqualTo(8);
  }

  @Test
  void tellsWhatKeepsThoseFromTheirWorkThatRun() {
    hear(proxy("w", 0, 7, "the relay is away"));
    hear(player("p", "open", 1));
    assertThat(problems())
        .containsExactly(
            "proxy w does not ship: the relay is away",
            "player p holds back from staging: refused",
            "proxy w, source shop: script mask.lua not reloaded, the old one runs: line 3");
  }
}
