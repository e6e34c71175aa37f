package dev.weir.relay.bucket;

import dev.weir.capture.MalformedException;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The groups of a bucket, and the dead that they share. Its bucket's loop alone may call. */
final class Groups {
  static final GroupName DEFAULT = new GroupName("default");

  /** A bucket has no more groups. */
  static final int MAX = 64;

  private static final String PREFIX = "group/";

  private final Spool spool;
  private final DeadStore dead;
  private final Clocks clocks;
  private final NavigableMap<GroupName, Group> byName = new TreeMap<>();

  Groups(Spool spool, DeadStore dead, Clocks clocks) {
    this.spool = spool;
    this.dead = dead;
    this.clocks = clocks;
  }

  /** Takes up the groups that the marks know. */
  void reopen(Map<String, byte[]> marks) throws IOException {
    for (Map.Entry<String, byte[]> mark : marks.entrySet()) {
      if (mark.getKey().startsWith(PREFIX)) {
        GroupName name = new GroupName(mark.getKey().substring(PREFIX.length()));
        try {
          byName.put(
              name,
              Group.reopened(name, mark.getValue(), dead.offsets(name), spool, this::bury, clocks));
        } catch (MalformedException e) {
          throw new IOException("mark " + mark.getKey() + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** The group of that name, a new one if need be; null where there are too many. */
  @Nullable
  Group findOrStart(GroupName name, GroupStart start) throws IOException {
    Group known = byName.get(name);
    if (known != null || byName.size() >= MAX) {
      return known;
    }
    long position = start == GroupStart.NEWEST ? spool.state().next() : oldest();
    Group group = Group.starting(name, position, spool, this::bury, clocks);
    byName.put(name, group);
    return group;
  }

  /** The first position that still has a capture; the end where there is none. */
  private long oldest() throws IOException {
    long at = spool.state().first();
    while (true) {
      List<Entry> entries = spool.read(at, 1, new ByteSize(1));
      if (entries.isEmpty() || !(entries.get(0) instanceof Gap gap)) {
        return at;
      }
      at = gap.through() + 1;
    }
  }

  private void bury(List<DeadCapture> bodies) throws IOException {
    dead.add(bodies).forEach((name, count) -> {
      Group group = byName.get(name);
      if (group != null) {
        group.loseDead(count);
      }
    });
  }

  Settled settle(long lease, Settlement settlement) throws IOException {
    for (Group group : byName.values()) {
      Settled settled = group.settle(lease, settlement);
      if (settled != Settled.UNKNOWN_LEASE) {
        return settled;
      }
    }
    return Settled.UNKNOWN_LEASE;
  }

  boolean extend(long lease, Duration length) {
    for (Group group : byName.values()) {
      if (group.extend(lease, length)) {
        return true;
      }
    }
    return false;
  }

  void step() throws IOException {
    for (Group group : byName.values()) {
      group.step();
    }
  }

  void lose(Gap gap) {
    byName.values().forEach(group -> group.lose(gap));
  }

  /** The marks of the groups that have changed. */
  Map<String, byte[]> unsaved() {
    Map<String, byte[]> marks = new HashMap<>();
    for (Group group : byName.values()) {
      byte[] mark = group.unsaved();
      if (mark != null) {
        marks.put(PREFIX + group.name(), mark);
      }
    }
    return marks;
  }

  boolean areChanged() {
    return byName.values().stream().anyMatch(Group::isChanged);
  }

  void saved() {
    byName.values().forEach(Group::saved);
  }

  /**
   * The first position that a group needs, silent ones left aside; {@code next} where none does.
   * Holds for the books as last saved.
   */
  long needed(long next) {
    long needed = next;
    for (Group group : byName.values()) {
      if (!group.isSilent()) {
        needed = Math.min(needed, group.needs());
      }
    }
    return needed;
  }

  /** How long nothing will happen here by itself, at most {@code most}. */
  Duration idle(Duration most) {
    Duration least = most;
    for (Group group : byName.values()) {
      Duration idle = group.idle();
      if (idle != null && idle.compareTo(least) < 0) {
        least = idle;
      }
    }
    return least;
  }

  List<GroupView> views(long next) {
    List<GroupView> views = new ArrayList<>();
    byName.values().forEach(group -> views.add(group.view(next)));
    return views;
  }
}
