package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.wire.LeaseRequest.Order;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for its turn. Of one lane only the first may be under way, and lanes take turns, so
 * that a slow session holds up none but itself. The replay's thread's own.
 */
final class Lanes {
  /** Lanes that wait and have nothing under way, by turn. */
  private final Deque<Lane> ready = new ArrayDeque<>();

  private final Map<String, Lane> named = new HashMap<>();
  private int waiting;

  private static final class Lane {
    final String name;
    final Deque<Work> works = new ArrayDeque<>(2);
    boolean busy;

    Lane(String name) {
      this.name = name;
    }
  }

  /** The lane that a capture goes in; empty: one of its own. */
  static String nameFor(Capture capture, Order order) {
    return switch (order) {
      case SESSION -> "session " + capture.session();
      case BUCKET -> "bucket";
      case NONE -> "";
    };
  }

  int waiting() {
    return waiting;
  }

  /** Whether something may start now. */
  boolean hasReady() {
    return !ready.isEmpty();
  }

  void add(Work work) {
    waiting++;
    Lane lane =
        work.lane().isEmpty() ? new Lane("") : named.computeIfAbsent(work.lane(), Lane::new);
    lane.works.addLast(work);
    if (!lane.busy && lane.works.size() == 1) {
      ready.addLast(lane);
    }
  }

  /** What {@link #next} would give, or null. */
  @Nullable
  Work peek() {
    Lane lane = ready.peekFirst();
    return lane == null ? null : lane.works.peekFirst();
  }

  /** What may start now, or null. Its lane is closed until {@link #done}. */
  @Nullable
  Work next() {
    Lane lane = ready.pollFirst();
    if (lane == null) {
      return null;
    }
    waiting--;
    lane.busy = true;
    return lane.works.removeFirst();
  }

  /** It is no longer under way: the next of its lane may start. */
  void done(Work work) {
    Lane lane = named.get(work.lane());
    if (lane == null || !lane.busy) {
      return;
    }
    lane.busy = false;
    if (lane.works.isEmpty()) {
      named.remove(lane.name);
    } else {
      ready.addLast(lane);
    }
  }

  /** Takes out what waits and meets the condition, in order. */
  List<Work> remove(Predicate<Work> condition) {
    List<Work> removed = new ArrayList<>();
    for (Iterator<Lane> lanes = ready.iterator(); lanes.hasNext(); ) {
      Lane lane = lanes.next();
      removeFrom(lane, condition, removed);
      if (lane.works.isEmpty()) {
        lanes.remove();
        named.remove(lane.name);
      }
    }
    for (Lane lane : named.values()) {
      if (lane.busy) {
        removeFrom(lane, condition, removed);
      }
    }
    waiting -= removed.size();
    return removed;
  }

  private static void removeFrom(Lane lane, Predicate<Work> condition, List<Work> removed) {
    for (Iterator<Work> works = lane.works.iterator(); works.hasNext(); ) {
      Work work = works.next();
      if (condition.test(work)) {
        works.remove();
        removed.add(work);
      }
    }
  }
}
