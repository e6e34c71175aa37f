package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.ManualClock;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetTest {
  @TempDir
  private Path directory;

  private final ManualClock clock = new ManualClock();
  private final Fleet fleet = new Fleet(clock);

  static Report proxy(String instance, String of, long startedAtMs, long captured) {
    return new Report(
        new ProxyReport(
            "web-1",
            instance,
            of,
            "1",
            startedAtMs,
            captured,
            0,
            0,
            new TreeMap<>(),
            captured,
            0,
            0,
            new TreeMap<>(),
            0,
            captured,
            0,
            List.of(),
            0,
            Map.of(),
            Map.of()),
        null);
  }

  private static Report player(String instance) {
    return new Report(null, new PlayerReport("player-1", instance, "1", 0, List.of()));
  }

  private void hear(Report report) {
    fleet.hear(report, 1_000);
  }

  private List<String> instances() {
    return fleet.proxies().stream().map(heard -> heard.report().instance()).toList();
  }

  @Test
  void remembersTheLastWordOfEach() {
    hear(proxy("a", "d1", 1, 5));
    hear(proxy("a", "d1", 1, 7));
    hear(proxy("b", "d2", 1, 1));
    assertThat(instances()).containsExactly("a", "b");
    assertThat(fleet.proxies().get(0).report().captured()).isEqualTo(7);
  }

  @Test
  void letsAProxyThatStartsAgainTakeItsOwnPlace() {
    hear(proxy("a", "d1", 1, 5));
    hear(proxy("b", "d1", 2, 6));
    assertThat(instances()).containsExactly("b");
  }

  @Test
  void keepsACopyOfADirectoryThatRunsBesideTheOriginal() {
    hear(proxy("original", "d1", 1, 5));
    hear(proxy("copy", "d1", 2, 6));
    hear(proxy("original", "d1", 1, 7));
    hear(proxy("copy", "d1", 2, 8));
    assertThat(instances()).containsExactly("copy", "original");
  }

  @Test
  void forgetsAPlayerThatWentSilentOnceItsNameIsHeardAgain() {
    hear(player("a"));
    hear(player("b"));
    assertThat(fleet.players()).hasSize(2);
    clock.advance(Fleet.SILENT_AFTER.plusSeconds(1));
    hear(player("b"));
    assertThat(fleet.players())
        .singleElement()
        .satisfies(heard -> assertThat(heard.report().instance()).isEqualTo("b"));
  }

  @Test
  void forgetsAPlayerThatStoppedOnceItsNameIsHeardAgain() {
    hear(player("a").last());
    assertThat(fleet.players()).hasSize(1);
    hear(player("b"));
    assertThat(fleet.players())
        .singleElement()
        .satisfies(heard -> assertThat(heard.report().instance()).isEqualTo("b"));
  }

  @Test
  void forgetsAPlayerADayLaterAndNoProxy() {
    hear(player("a"));
    hear(proxy("p", "d1", 1, 5));
    clock.advance(Fleet.GONE_AFTER);
    assertThat(fleet.players()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(fleet.players()).isEmpty();
    assertThat(instances()).containsExactly("p");
  }

  @Test
  void forgetsTheOneSilentForLongestWhenThereAreTooMany() {
    for (int i = 0; i <= Fleet.MAX; i++) {
      hear(proxy("i" + i, "d" + i, 1, 1));
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(instances()).hasSize(Fleet.MAX).doesNotContain("i0");
  }

  @Test
  void forgetsThoseSilentForLongestWhenTheyAreTooLarge() {
    int large = Fleet.MAX_BYTES / 4;
    for (int i = 0; i < 5; i++) {
      fleet.hear(proxy("p" + i, "d" + i, 1, 1), large);
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(instances()).containsExactly("p1", "p2", "p3", "p4");
    fleet.hear(proxy("p1", "d1", 1, 2), large);
    fleet.hear(proxy("small", "d6", 1, 1), 100);
    fleet.hear(player("other"), large);
    assertThat(instances())
        .as("one that speaks again is young")
        .containsExactly("p1", "p3", "p4", "small");
    assertThat(fleet.players()).hasSize(1);
  }

  @Test
  void isRememberedAcrossARestart() throws Exception {
    Path file = directory.resolve("fleet.json");
    Instant then = clock.instant();
    hear(proxy("a", "d1", 1, 5));
    hear(player("p").last());
    new FleetFile(fleet, file).step();
    clock.advance(Duration.ofHours(1));
    Fleet later = new Fleet(clock);
    new FleetFile(later, file).read();
    assertThat(later.proxies()).singleElement().satisfies(heard -> {
      assertThat(heard.report()).isEqualTo(proxy("a", "d1", 1, 5).proxy());
      assertThat(heard.at()).isEqualTo(then);
      assertThat(heard.isSilent(clock.instant())).isTrue();
    });
    assertThat(later.players())
        .singleElement()
        .satisfies(heard -> assertThat(heard.stopped()).isTrue());
  }

  @Test
  void startsWithoutAFileOrWithOneThatMakesNoSense() throws Exception {
    Path file = directory.resolve("fleet.json");
    new FleetFile(fleet, file).read();
    Files.writeString(file, "{\"proxies\":[{\"atMs\":1,\"report\":null}]}");
    new FleetFile(fleet, file).read();
    Files.writeString(file, "nonsense");
    new FleetFile(fleet, file).read();
    assertThat(fleet.proxies()).isEmpty();
  }

  @Test
  void staysInMemoryWhereTheFileCannotBeWritten() {
    FleetFile file = new FleetFile(fleet, directory.resolve("missing").resolve("fleet.json"));
    hear(proxy("a", "d1", 1, 5));
    assertThat(file.step()).isPositive();
    assertThat(instances()).containsExactly("a");
  }
}
