package dev.weir.e2e.soak;

import static dev.weir.durable.CrashPoint.AFTER_CHECKPOINT;
import static dev.weir.durable.CrashPoint.AFTER_COMMIT;
import static dev.weir.durable.CrashPoint.AFTER_QUARANTINE;
import static dev.weir.durable.CrashPoint.AFTER_UNLINK;
import static dev.weir.durable.CrashPoint.ARRIVAL_COMMITTED;
import static dev.weir.durable.CrashPoint.ATTEMPT_DUE;
import static dev.weir.durable.CrashPoint.BALLAST_FREED;
import static dev.weir.durable.CrashPoint.BALLAST_WRITTEN;
import static dev.weir.durable.CrashPoint.BEFORE_BALLAST;
import static dev.weir.durable.CrashPoint.BEFORE_CHECKPOINT;
import static dev.weir.durable.CrashPoint.BEFORE_COMMIT;
import static dev.weir.durable.CrashPoint.BEFORE_QUARANTINE;
import static dev.weir.durable.CrashPoint.BEFORE_UNLINK;
import static dev.weir.durable.CrashPoint.DEAD_COMMITTED;
import static dev.weir.durable.CrashPoint.DEAD_QUARANTINED;
import static dev.weir.durable.CrashPoint.DEAD_STORE_MADE;
import static dev.weir.durable.CrashPoint.DEAD_WRITTEN;
import static dev.weir.durable.CrashPoint.FILE_NAMED;
import static dev.weir.durable.CrashPoint.FILE_QUARANTINED;
import static dev.weir.durable.CrashPoint.FILE_SYNCED;
import static dev.weir.durable.CrashPoint.FILE_UNLINKED;
import static dev.weir.durable.CrashPoint.FILE_WRITTEN;
import static dev.weir.durable.CrashPoint.LEDGER_CLOSED;
import static dev.weir.durable.CrashPoint.LEDGER_PAGE_ALONE;
import static dev.weir.durable.CrashPoint.LEDGER_PAGE_CLEARED;
import static dev.weir.durable.CrashPoint.LEDGER_PAGE_NAMED;
import static dev.weir.durable.CrashPoint.LEDGER_PAGE_WRITTEN;
import static dev.weir.durable.CrashPoint.LEDGER_PUBLISHED;
import static dev.weir.durable.CrashPoint.LEDGER_SLOT_WRITTEN;
import static dev.weir.durable.CrashPoint.LINES_ROTATED;
import static dev.weir.durable.CrashPoint.LINES_SYNCED;
import static dev.weir.durable.CrashPoint.LINES_WRITTEN;
import static dev.weir.durable.CrashPoint.LOCKED;
import static dev.weir.durable.CrashPoint.LOCK_WRITTEN;
import static dev.weir.durable.CrashPoint.LOG_RECOVERED;
import static dev.weir.durable.CrashPoint.SEGMENT_BUILT;
import static dev.weir.durable.CrashPoint.SEGMENT_COMMITTED;
import static dev.weir.durable.CrashPoint.SEGMENT_NAMED;
import static dev.weir.durable.CrashPoint.SEGMENT_SEALED;
import static dev.weir.durable.CrashPoint.SEGMENT_SYNCED;
import static dev.weir.durable.CrashPoint.SETTLE_ACKNOWLEDGED;
import static dev.weir.durable.CrashPoint.SETTLE_ANSWERED;
import static dev.weir.durable.CrashPoint.SETTLE_BOOKED;
import static dev.weir.durable.CrashPoint.SETTLE_COMMITTED;
import static dev.weir.durable.CrashPoint.SETTLE_DUE;
import static dev.weir.durable.CrashPoint.SHIPMENT_STORED;
import static dev.weir.durable.CrashPoint.SUBMISSION_BOOKED;
import static dev.weir.durable.CrashPoint.SUBMISSION_STORED;
import static dev.weir.durable.CrashPoint.TAKEN_BACK;
import static dev.weir.durable.CrashPoint.TARGET_ANSWERED;
import static dev.weir.durable.CrashPoint.TRANSACTION_BEGUN;

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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Halts at every crash point, in every role that passes it. */
final class CrashScenarios {
  /** Few enough for the last to be reached in time. */
  private static final int AT_ONCE = 3;

  private static final ByteSize LITTLE = ByteSize.ofMegabytes(16);
  private static final Load LOAD = new Load(8, 200, 4 << 10);

  /** Short sessions: a player that dies holds up those that it has on lease, and not the next. */
  private static final Load PASSING = new Load(16, 200, 4 << 10, 5);

  /** Whether every role is halted at a point that several pass; else one of them. */
  private static final boolean EVERYWHERE = Boolean.getBoolean("weir.halt-everywhere");

  private static final Cost OF_PROXY = Cost.REQUESTS.plus(Cost.losing(LossReason.CRASH));
  /** A small spool comes to its bound. */
  private static final Cost OF_BOUND = OF_PROXY.plus(Cost.losing(LossReason.EVICTED));

  private static final Cost OF_DAMAGE = OF_PROXY.plus(Cost.losing(LossReason.CORRUPT));
  private static final Cost OF_FULL_DISK =
      OF_PROXY.plus(Cost.losing(LossReason.FULL, LossReason.EVICTED, LossReason.IO_ERROR));

  /** A damaged dead store loses what it held. */
  private static final Cost OF_DEATHS =
      Cost.REPEATS.plus(Cost.killing(4 * Undertaker.MOST)).plus(Cost.losing(LossReason.CORRUPT));

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
      Place.at(FILE_WRITTEN, 1),
      Place.at(FILE_NAMED, 1),
      Place.at(FILE_SYNCED, 1),
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
      Place.at(BEFORE_QUARANTINE, 1), Place.at(FILE_QUARANTINED, 1), Place.at(AFTER_QUARANTINE, 1));

  private static final List<Place> FULL = List.of(
      Place.at(BALLAST_FREED, 1).before(Deeds::fillDisk),
      Place.at(TAKEN_BACK, 1)
          .before(line -> line.disk(Role.PROXY).free())
          .after(Deeds::failACommit));

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
      new Scenario(
          "halt-proxy",
          "proxy halted at every crash point",
          Plan.DIRECT.withSpool(LITTLE),
          LOAD,
          () -> halts(Role.PROXY, OF_BOUND, both(spool(0), PROXY))),
      new Scenario(
          "halt-relay",
          "relay halted at every crash point",
          Plan.DIRECT.withBucket(LITTLE),
          LOAD,
          () -> halts(Role.RELAY, Cost.REPEATS, both(spool(1), RELAY))),
      new Scenario(
          "halt-player",
          "player halted at every crash point, with a file target too",
          Plan.DIRECT.with(Trait.LINES),
          PASSING,
          () -> {
            List<Fault> faults = halts(Role.PLAYER, Cost.REPEATS, PLAYER);
            faults.add(new LinesKept());
            return faults;
          }),
      new Scenario(
          "halt-dead",
          "relay halted around its dead store, which is damaged in the end",
          Plan.DIRECT,
          LOAD,
          () -> halts(Role.RELAY, OF_DEATHS, DEAD)),
      new Scenario(
          "halt-damaged",
          "proxy halted while a damaged segment goes to quarantine",
          Plan.DIRECT,
          LOAD,
          () -> List.of(quarantine(Deeds::garbleNextToShip), quarantine(Deeds::destroyNewest))),
      new Scenario(
          "halt-full",
          "proxy halted on a disk that is full, and on one that fails in a commit",
          Plan.DIRECT.with(Trait.SMALL_DISKS).withSpool(LITTLE).withBucket(LITTLE),
          LOAD,
          () -> halts(Role.PROXY, OF_FULL_DISK, FULL)),
      new Scenario(
          "halt-submitting",
          "proxy halted between storing and answering what is submitted",
          Plan.DIRECT.with(Trait.SUBMISSIONS),
          LOAD,
          () -> halts(Role.PROXY, OF_PROXY, SUBMITTED)));

  private CrashScenarios() {}

  /** Every point at which some scenario halts a role. */
  static Stream<CrashPoint> points() {
    return Stream.of(SPOOL, PROXY, RELAY, DEAD, QUARANTINE, FULL, SUBMITTED, PLAYER)
        .flatMap(List::stream)
        .map(Place::point);
  }

  /**
   * Where to halt a spool: everywhere, or where each point is for one role alone, at every other
   * place.
   */
  private static List<Place> spool(int from) {
    return IntStream.range(0, SPOOL.size())
        .filter(index -> EVERYWHERE || index % 2 == from)
        .mapToObj(SPOOL::get)
        .toList();
  }

  private static Fault quarantine(Place.Deed damage) {
    return new Halts(
        Role.PROXY, OF_DAMAGE, QUARANTINE.stream().map(p -> p.before(damage)).toList());
  }

  private static List<Place> both(List<Place> some, List<Place> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  private static List<Fault> halts(Role role, Cost cost, List<Place> all) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      faults.add(new Halts(role, cost, all.subList(i, Math.min(i + AT_ONCE, all.size()))));
    }
    return faults;
  }
}
