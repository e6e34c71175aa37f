package dev.weir.e2e.soak;

import static dev.weir.durable.CrashPoint.*;

import dev.weir.durable.CrashPoint;
import dev.weir.e2e.Plan;
import dev.weir.e2e.Plan.Trait;
import dev.weir.e2e.Role;
import dev.weir.e2e.Traffic.Load;
import dev.weir.e2e.fault.Cost;
import dev.weir.e2e.fault.Deeds;
import dev.weir.e2e.fault.Fault;
import dev.weir.e2e.fault.Halts;
import dev.weir.e2e.fault.LinesKept;
import dev.weir.e2e.fault.Place;
import dev.weir.e2e.fault.Undertaker;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Halts at every crash point, in every role that passes it. */
final class CrashScenarios {
  /** Few enough for the last to be reached in time. */
  private static final int AT_ONCE = 6;

  private static final ByteSize LITTLE = ByteSize.ofMegabytes(16);
  private static final Load LOAD = new Load(8, 200, 4 << 10);

  private static final Cost OF_PROXY = Cost.REQUESTS.plus(Cost.losing(LossReason.CRASH));
  private static final Cost OF_DAMAGE =
      Cost.REPEATS.plus(Cost.losing(LossReason.CORRUPT, LossReason.ROLLED_BACK));

  /** Of the proxy's spool and of the relay's. */
  private static final List<Place> SPOOL = List.of(
      Place.at(LOCKED, 1),
      Place.at(LOCK_WRITTEN, 2),
      Place.at(LOG_RECOVERED, 1),
      Place.at(FILE_UNLINKED, 1),
      Place.at(SEGMENT_COMMITTED, 1),
      Place.at(SEGMENT_BUILT, 1),
      Place.at(SEGMENT_NAMED, 1),
      Place.at(SEGMENT_SYNCED, 1),
      Place.at(SEGMENT_SEALED, 1),
      Place.at(TRANSACTION_BEGUN, 5),
      Place.at(BEFORE_COMMIT, 7),
      Place.at(AFTER_COMMIT, 9),
      Place.at(BEFORE_CHECKPOINT, 1),
      Place.at(AFTER_CHECKPOINT, 1),
      Place.at(BEFORE_UNLINK, 1),
      Place.at(AFTER_UNLINK, 1));

  private static final List<Place> PROXY = List.of(
      Place.at(BEFORE_BALLAST, 1).before(Deeds::dropBallast),
      Place.at(BALLAST_WRITTEN, 1).before(Deeds::dropBallast),
      Place.at(FILE_WRITTEN, 1).before(Deeds::dropSessionKey),
      Place.at(FILE_NAMED, 1).before(Deeds::dropSessionKey),
      Place.at(FILE_SYNCED, 1).before(Deeds::dropSessionKey),
      Place.at(LEDGER_SLOT_WRITTEN, 4),
      Place.at(LEDGER_PUBLISHED, 4),
      Place.at(LEDGER_PAGE_WRITTEN, 1),
      Place.at(LEDGER_PAGE_NAMED, 1),
      Place.at(LEDGER_PAGE_CLEARED, 1),
      Place.at(LEDGER_PAGE_ALONE, 1),
      Place.at(LEDGER_CLOSED, 1).after(line -> line.process(Role.PROXY).stop()),
      Place.at(SHIPMENT_STORED, 2));

  private static final List<Place> RELAY = List.of(
      Place.at(ARRIVAL_COMMITTED, 2),
      Place.at(SETTLE_BOOKED, 3),
      Place.at(SETTLE_COMMITTED, 3),
      Place.at(SETTLE_ANSWERED, 3),
      Place.at(FILE_WRITTEN, 1));

  private static final List<Place> DEAD = List.of(
      Place.at(DEAD_STORE_MADE, 1).after(new Undertaker()),
      Place.at(DEAD_WRITTEN, 2).after(new Undertaker()),
      Place.at(DEAD_COMMITTED, 1).after(new Undertaker()),
      Place.at(DEAD_QUARANTINED, 1).before(Deeds::garbleDead));

  private static final List<Place> QUARANTINE = List.of(
      Place.at(BEFORE_QUARANTINE, 1).before(Deeds::garbleNewest),
      Place.at(FILE_QUARANTINED, 1).before(Deeds::garbleNewest),
      Place.at(AFTER_QUARANTINE, 1).before(Deeds::garbleNewest));

  private static final List<Place> FULL = List.of(
      Place.at(BALLAST_FREED, 1).before(Deeds::freeDisk).after(Deeds::fillDisk),
      Place.at(TAKEN_BACK, 1).before(Deeds::freeDisk).after(Deeds::fillDisk));

  private static final List<Place> PLAYER = List.of(
      Place.at(ATTEMPT_DUE, 20),
      Place.at(TARGET_ANSWERED, 20),
      Place.at(SETTLE_DUE, 3),
      Place.at(SETTLE_ACKNOWLEDGED, 3),
      Place.at(LINES_WRITTEN, 3),
      Place.at(LINES_SYNCED, 3),
      Place.at(LINES_ROTATED, 1));

  private static final List<Place> SUBMITTED =
      List.of(Place.at(SUBMISSION_STORED, 3), Place.at(SUBMISSION_BOOKED, 3));

  static final List<Scenario> ALL = List.of(
      scenario("proxy", Plan.DIRECT.withSpool(LITTLE), Role.PROXY, OF_PROXY, SPOOL, PROXY),
      scenario("relay", Plan.DIRECT.withBucket(LITTLE), Role.RELAY, Cost.REPEATS, SPOOL, RELAY),
      scenario(
          "dead",
          Plan.DIRECT,
          Role.RELAY,
          Cost.REPEATS
              .plus(Cost.killing(DEAD.size() * Undertaker.MOST))
              .plus(Cost.losing(LossReason.EVICTED)), // from the dead store
          DEAD),
      scenario("damaged", Plan.DIRECT, Role.PROXY, OF_PROXY.plus(OF_DAMAGE), QUARANTINE),
      scenario(
          "full",
          Plan.DIRECT.with(Trait.SMALL_DISKS).withBucket(LITTLE),
          Role.RELAY,
          Cost.REPEATS,
          FULL),
      scenario("submitting", Plan.DIRECT.with(Trait.SUBMISSIONS), Role.PROXY, OF_PROXY, SUBMITTED),
      scenario("player", Plan.DIRECT.with(Trait.LINES), Role.PLAYER, Cost.REPEATS, PLAYER));

  private CrashScenarios() {}

  /** Every point at which some scenario halts a role. */
  static Stream<CrashPoint> points() {
    return Stream.of(SPOOL, PROXY, RELAY, DEAD, QUARANTINE, FULL, SUBMITTED, PLAYER)
        .flatMap(List::stream)
        .map(Place::point);
  }

  @SafeVarargs
  private static Scenario scenario(
      String who, Plan plan, Role role, Cost cost, List<Place>... places) {
    return new Scenario(
        "halt-" + who, role + " halted between any two steps", plan, LOAD, () -> {
          List<Fault> faults = halts(role, cost, Stream.of(places).flatMap(List::stream).toList());
          if (plan.has(Trait.LINES)) {
            faults.add(new LinesKept());
          }
          return faults;
        });
  }

  private static List<Fault> halts(Role role, Cost cost, List<Place> places) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < places.size(); i += AT_ONCE) {
      faults.add(new Halts(role, cost, places.subList(i, Math.min(i + AT_ONCE, places.size()))));
    }
    return faults;
  }
}
