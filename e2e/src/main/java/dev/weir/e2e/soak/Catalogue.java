package dev.weir.e2e.soak;

import dev.weir.e2e.Link;
import dev.weir.e2e.Plan;
import dev.weir.e2e.Role;
import dev.weir.e2e.Traffic.Load;
import dev.weir.e2e.fault.Cut;
import dev.weir.e2e.fault.DeadTarget;
import dev.weir.e2e.fault.Fault;
import dev.weir.e2e.fault.Freeze;
import dev.weir.e2e.fault.Kill;
import dev.weir.e2e.fault.Outage;
import dev.weir.e2e.fault.Poison;
import dev.weir.e2e.fault.SecondPlayer;
import dev.weir.e2e.fault.SlowTarget;
import dev.weir.e2e.fault.Spoilt;
import dev.weir.e2e.fault.Together;
import dev.weir.e2e.net.Bandwidth;
import dev.weir.e2e.net.BlackHole;
import dev.weir.e2e.net.Direction;
import dev.weir.e2e.net.HalfClose;
import dev.weir.e2e.net.Latency;
import dev.weir.e2e.net.ResetAfter;
import dev.weir.e2e.net.Slicer;
import dev.weir.e2e.net.Toxic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every scenario there is. A new fault gets its place here, and so its row and its test. */
public final class Catalogue {
  private static final List<Direction> BOTH = List.of(Direction.values());
  private static final List<Direction> UP = List.of(Direction.UP);
  private static final List<Direction> DOWN = List.of(Direction.DOWN);

  private static final Toxic LATENCY = new Latency(Duration.ofMillis(80), Duration.ofMillis(60));
  private static final Toxic BANDWIDTH = new Bandwidth(200 << 10);
  private static final Toxic SLICER = new Slicer(64, Duration.ofNanos(200_000));

  /** {@code kill -9} of each role in turn. */
  public static final Scenario KILL = new Scenario(
      "kill",
      "`kill -9` of each role in turn",
      Plan.DIRECT,
      new Load(8, 2_000, 512),
      () -> List.of(new Kill(Role.PROXY), new Kill(Role.RELAY), new Kill(Role.PLAYER)));

  /** The relay is stopped in order, and comes back. */
  public static final Scenario OUTAGE = new Scenario(
      "outage",
      "relay stopped and started again",
      Plan.DIRECT,
      new Load(8, 500, 512),
      () -> List.of(new Outage(Role.RELAY)));

  private static final List<Scenario> OF_NETWORK = List.of(
      KILL,
      OUTAGE,
      wired("latency", "80 ± 60 ms of latency", link -> slow(link, LATENCY)),
      wired("bandwidth", "200 KB/s", link -> slow(link, BANDWIDTH)),
      wired("slicer", "everything in pieces of up to 64 bytes", link -> slow(link, SLICER)),
      wired(
          "reset",
          "connections reset after 3,000 bytes",
          link -> new Spoilt(link, new ResetAfter(3_000), UP, true)),
      wired(
          "cut-answer",
          "answers cut: the request was taken, the connection breaks",
          link -> new Spoilt(link, new ResetAfter(0), DOWN, true)),
      wired(
          "half-close",
          "answers end early, half of the connection stays open",
          link -> new Spoilt(link, new HalfClose(20), DOWN, true)),
      wired(
          "black-hole",
          "nothing passes, and nobody is told",
          link -> new Spoilt(link, new BlackHole(), BOTH, true)),
      wired("down", "connections refused", Cut::new),
      on(
          "slow-target",
          "target answers after 300 ms",
          () -> List.of(SlowTarget.answeringAfter(Duration.ofMillis(300)))),
      on(
          "hanging-target",
          "target answers after the time-out",
          () -> List.of(SlowTarget.hangingFor(Plan.WIRED.timeout().plusSeconds(1)))),
      on("dead-target", "target down", () -> List.of(new DeadTarget())),
      on(
          "freeze",
          "each role stopped by `SIGSTOP` for a while",
          () -> List.of(new Freeze(Role.PROXY), new Freeze(Role.RELAY), new Freeze(Role.PLAYER))),
      on(
          "two-players",
          "a second player joins the group, and leaves or is killed",
          () -> List.of(SecondPlayer.leaving(), SecondPlayer.killed())),
      new Scenario(
          "poison",
          "a capture that kills its player",
          Plan.WIRED.withTimeout(Duration.ofMillis(500)),
          new Load(8, 50, 512),
          () -> List.of(new Poison())),
      on("mixed", "`kill -9` of each role on a bad network", Catalogue::mixed));

  private static final List<Scenario> ALL = Stream.of(
          OF_NETWORK, StorageScenarios.ALL, CrashScenarios.ALL)
      .flatMap(List::stream)
      .toList();

  private Catalogue() {}

  public static List<Scenario> all() {
    return ALL;
  }

  /** @throws IllegalArgumentException if there is none of that name */
  static Scenario named(String name) {
    return ALL.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no scenario \"" + name + "\"; there are " + ALL));
  }

  private static Scenario on(String name, String says, Supplier<List<Fault>> faults) {
    return new Scenario(name, says, Plan.WIRED, Scenario.SOME, faults);
  }

  /** The same on each link in turn. */
  private static Scenario wired(String name, String says, Function<Link, Fault> fault) {
    return on(name, says + ", on each link", () -> each(fault));
  }

  private static List<Fault> each(Function<Link, Fault> fault) {
    List<Fault> faults = new ArrayList<>();
    for (Link link : Link.values()) {
      faults.add(fault.apply(link));
    }
    return faults;
  }

  private static Fault slow(Link link, Toxic toxic) {
    return new Spoilt(link, toxic, BOTH, false);
  }

  private static List<Fault> mixed() {
    return List.of(
        Together.of(slow(Link.PROXY_RELAY, LATENCY), new Kill(Role.RELAY)),
        Together.of(
            new Spoilt(Link.PLAYER_RELAY, new ResetAfter(3_000), UP, true), new Kill(Role.PLAYER)),
        Together.of(
            slow(Link.CLIENT_PROXY, SLICER), new Cut(Link.PROXY_RELAY), new Kill(Role.PROXY)),
        Together.of(
            new Cut(Link.PLAYER_TARGET),
            new Spoilt(Link.PROXY_RELAY, new ResetAfter(0), DOWN, true),
            new Kill(Role.RELAY)));
  }
}
