package dev.weir.e2e.soak;

import dev.weir.durable.CrashPoint;
import dev.weir.e2e.Plan;
import dev.weir.e2e.Role;
import dev.weir.e2e.Traffic.Load;
import dev.weir.e2e.fault.Cost;
import dev.weir.e2e.fault.Fault;
import dev.weir.e2e.fault.Halts;
import dev.weir.e2e.fault.Place;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Halts at every crash point of every role. */
final class CrashScenarios {
  /** Few enough for a start to lead to the last in time. */
  private static final int AT_ONCE = 6;

  private static final Plan PLAN = Plan.DIRECT.withSpool(ByteSize.ofMegabytes(16));
  private static final Load LOAD = new Load(8, 200, 4 << 10);

  private static final List<Place> SPOOL = List.of(
      Place.at(CrashPoint.LOCKED),
      Place.at(CrashPoint.LOCK_WRITTEN, 2),
      Place.at(CrashPoint.LOG_RECOVERED),
      Place.at(CrashPoint.FILE_UNLINKED),
      Place.at(CrashPoint.SEGMENT_COMMITTED),
      Place.at(CrashPoint.SEGMENT_BUILT),
      Place.at(CrashPoint.SEGMENT_NAMED),
      Place.at(CrashPoint.SEGMENT_SYNCED),
      Place.at(CrashPoint.SEGMENT_SEALED),
      Place.at(CrashPoint.TRANSACTION_BEGUN, 5),
      Place.at(CrashPoint.BEFORE_COMMIT, 7),
      Place.at(CrashPoint.AFTER_COMMIT, 9),
      Place.at(CrashPoint.BEFORE_CHECKPOINT),
      Place.at(CrashPoint.AFTER_CHECKPOINT),
      Place.at(CrashPoint.BEFORE_UNLINK),
      Place.at(CrashPoint.AFTER_UNLINK));

  private static final List<Place> PROXY = List.of(
      Place.at(CrashPoint.LEDGER_SLOT_WRITTEN, 4),
      Place.at(CrashPoint.LEDGER_PUBLISHED, 4),
      Place.at(CrashPoint.LEDGER_PAGE_WRITTEN),
      Place.at(CrashPoint.LEDGER_PAGE_NAMED),
      Place.at(CrashPoint.LEDGER_PAGE_CLEARED),
      Place.at(CrashPoint.LEDGER_PAGE_ALONE),
      Place.at(CrashPoint.LEDGER_CLOSED).after(line -> line.process(Role.PROXY).stop()),
      Place.at(CrashPoint.SHIPMENT_STORED, 2),
      Place.at(CrashPoint.FILE_WRITTEN).before(CrashScenarios::forgetSessionKey),
      Place.at(CrashPoint.FILE_NAMED).before(CrashScenarios::forgetSessionKey),
      Place.at(CrashPoint.FILE_SYNCED).before(CrashScenarios::forgetSessionKey));

  private static final List<Place> RELAY = List.of(
      Place.at(CrashPoint.ARRIVAL_COMMITTED, 2),
      Place.at(CrashPoint.SETTLE_BOOKED, 3),
      Place.at(CrashPoint.SETTLE_COMMITTED, 3),
      Place.at(CrashPoint.SETTLE_ANSWERED, 3),
      Place.at(CrashPoint.FILE_WRITTEN),
      Place.at(CrashPoint.FILE_NAMED));

  private static final List<Place> PLAYER = List.of(
      Place.at(CrashPoint.ATTEMPT_DUE, 20),
      Place.at(CrashPoint.TARGET_ANSWERED, 20),
      Place.at(CrashPoint.SETTLE_DUE, 3),
      Place.at(CrashPoint.SETTLE_ACKNOWLEDGED, 3));

  private CrashScenarios() {}

  private static void forgetSessionKey(dev.weir.e2e.Line line) throws java.io.IOException {
    Files.deleteIfExists(line.data(Role.PROXY).resolve("front").resolve("session.key"));
  }

  static List<Scenario> all() {
    return List.of(
        scenario("halt-proxy", Role.PROXY, List.of(SPOOL, PROXY)),
        scenario("halt-relay", Role.RELAY, List.of(SPOOL, RELAY)),
        scenario("halt-player", Role.PLAYER, List.of(PLAYER)));
  }

  private static Scenario scenario(String name, Role role, List<List<Place>> places) {
    Cost cost = role == Role.PROXY
        ? Cost.REQUESTS.plus(Cost.losing(LossReason.CRASH))
        : Cost.REPEATS;
    return new Scenario(
        name, role + " halted between any two steps", PLAN, LOAD, () -> halts(role, cost, places));
  }

  private static List<Fault> halts(Role role, Cost cost, List<List<Place>> places) {
    List<Place> all = new ArrayList<>();
    places.forEach(all::addAll);
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      faults.add(new Halts(role, cost, all.subList(i, Math.min(i + AT_ONCE, all.size()))));
    }
    return faults;
  }
}
