package dev.weir.player.replay;

import dev.weir.script.Hook.Emission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Captures that will go to the target together: gathered until there are enough of them, or the
 * first has waited long enough. What was tried before goes alone, so that it does not spoil another
 * batch. The replay's thread's own.
 */
final class Batch {
  private final BatchRules rules;
  private final List<Member> members = new ArrayList<>();
  private long bytes;
  private long since;
  private boolean whole;

  /** @param emissions what {@code on_replay} made of it */
  private record Member(Work work, List<Emission> emissions) {}

  Batch(BatchRules rules) {
    this.rules = rules;
  }

  /** Whether it may join those that are here; if not, the batch is whole without it. */
  boolean takes(Work work) {
    whole |= !members.isEmpty()
        && (!isFirstTry(work)
            || members.size() >= rules.captures()
            || bytes + work.size() > rules.bytes().bytes());
    return !whole;
  }

  private static boolean isFirstTry(Work work) {
    return work.attempt() == 1;
  }

  void add(Work work, List<Emission> emissions, long now) {
    if (members.isEmpty()) {
      since = now;
    }
    members.add(new Member(work, emissions));
    bytes += work.size();
    whole |= !isFirstTry(work) || members.size() >= rules.captures();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** How long it still waits for others; only where it is not empty. */
  Duration untilDue(long now) {
    long left = whole ? 0 : since + rules.within().toNanos() - now;
    return Duration.ofNanos(Math.max(0, left));
  }

  boolean isDue(long now) {
    return !isEmpty() && untilDue(now).isZero();
  }

  List<Work> works() {
    return members.stream().map(Member::work).toList();
  }

  List<Emission> emissions() {
    return members.stream().flatMap(member -> member.emissions().stream()).toList();
  }

  /** Takes out what meets the condition, in order. */
  List<Work> remove(Predicate<Work> condition) {
    List<Work> removed = works().stream().filter(condition).toList();
    members.removeIf(member -> condition.test(member.work()));
    bytes = members.stream().mapToLong(member -> member.work().size()).sum();
    whole &= !members.isEmpty();
    return removed;
  }
}
