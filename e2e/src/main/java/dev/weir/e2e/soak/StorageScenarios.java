package dev.weir.e2e.soak;

import dev.weir.e2e.Plan;
import dev.weir.e2e.Plan.Trait;
import dev.weir.e2e.Role;
import dev.weir.e2e.Traffic.Load;
import dev.weir.e2e.fault.ClockJump;
import dev.weir.e2e.fault.ClonedProxy;
import dev.weir.e2e.fault.Cost;
import dev.weir.e2e.fault.Damaged;
import dev.weir.e2e.fault.FullDisk;
import dev.weir.e2e.fault.Outage;
import dev.weir.e2e.fault.RestoredRelay;
import dev.weir.e2e.fault.Together;
import dev.weir.e2e.fault.Unwritable;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.List;

/** What happens to disks, files and clocks. */
final class StorageScenarios {
  private static final ByteSize LITTLE = ByteSize.ofMegabytes(16);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEAR = Duration.ofDays(365);

  /** Segments of a megabyte, filled in a second or two. */
  private static final Load HEAVY = new Load(8, 200, 8 << 10);

  private static final Plan SMALL =
      Plan.DIRECT.with(Trait.SMALL_DISKS).withSpool(LITTLE).withBucket(LITTLE);
  private static final Plan CLOCKS = Plan.DIRECT.with(Trait.CLOCKS);

  static final List<Scenario> ALL = List.of(
      new Scenario(
          "full-disk",
          "disk of 16 MB full, of the proxy and of the relay",
          SMALL,
          HEAVY,
          () -> List.of(
              new FullDisk(Role.PROXY),
              Together.of(new Outage(Role.RELAY), new FullDisk(Role.PROXY)),
              new FullDisk(Role.RELAY))),
      new Scenario(
          "read-only",
          "folder of the spool read-only, of the proxy and of the relay",
          SMALL,
          HEAVY,
          () -> List.of(new Unwritable(Role.PROXY), new Unwritable(Role.RELAY))),
      new Scenario(
          "damaged-spool",
          "segments empty, cut, garbled, swapped, a bit of the log flipped, in the proxy",
          Plan.DIRECT.withSpool(LITTLE),
          HEAVY,
          () -> List.of(Damaged.sealed(Role.PROXY), Damaged.log(Role.PROXY))),
      new Scenario(
          "damaged-bucket",
          "the same in the relay",
          Plan.DIRECT.withBucket(LITTLE),
          HEAVY,
          () -> List.of(Damaged.sealed(Role.RELAY), Damaged.log(Role.RELAY))),
      new Scenario(
          "destroyed-newest",
          "the segment that is written destroyed with its log, in the proxy and in the relay",
          Plan.DIRECT.withSpool(LITTLE).withBucket(LITTLE),
          HEAVY,
          () -> List.of(Damaged.newest(Role.PROXY), Damaged.newest(Role.RELAY))),
      new Scenario(
          "clocks",
          "wall clocks jump by an hour and a year, both ways",
          CLOCKS,
          Scenario.SOME,
          () -> List.of(
              new ClockJump(HOUR),
              new ClockJump(HOUR.negated()),
              new ClockJump(YEAR),
              new ClockJump(YEAR.negated()),
              Together.of(
                  new ClockJump(YEAR, Cost.losing(LossReason.EXPIRED)), new Outage(Role.RELAY)),
              Together.of(new ClockJump(YEAR.negated()), new Outage(Role.RELAY)),
              Together.of(new ClockJump(HOUR.negated()), new Outage(Role.PROXY)))),
      new Scenario(
          "restored-relay",
          "relay restored from an old copy of its data",
          Plan.DIRECT,
          Scenario.SOME,
          () -> List.of(new RestoredRelay())),
      new Scenario(
          "cloned-proxy",
          "copy of a proxy's data directory started beside it",
          Plan.DIRECT,
          Scenario.SOME,
          () -> List.of(new ClonedProxy())));

  private StorageScenarios() {}
}
