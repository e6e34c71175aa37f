package dev.weir.relay.bucket;

import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.lease.Graveyard;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.GroupName;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a bucket, and the dead that they share. There is always one: as long as nobody has
 * named another, {@code default} stands in, so that what arrives is kept for whoever comes first
 * and wants it from the oldest on. Its bucket's loop alone may call.
 */
final class Groups {
  static final GroupName DEFAULT = new GroupName("default");

  /** A bucket has no more groups. */
  static final int MAX = 64;

  private static final String PREFIX = "group/";

  /** The start of the bucket's first group, in decimal. */
  private static final String FIRST = "groups/first";

  /** Since when no group leases, in milliseconds since 1970, in decimal. */
  private static final String PAUSED = "groups/paused";

  private static final byte[] NONE = {};

  private final Spool spool;
  private final Timeline timeline;
  private final DeadStore dead;
  private final Clocks clocks;
  private final Graveyard yard;
  private final NavigableMap<GroupName, Group> byName = new TreeMap<>();
  private final Set<GroupName> configured = new HashSet<>();

  /** Marks to commit, beside those of the groups. */
  private final Map<String, byte[]> marks = new HashMap<>();

  private long first = Long.MAX_VALUE;
  private @Nullable Long pausedMs;

  Groups(Spool spool, DeadStore dead, Clocks clocks) {
    this.spool = spool;
    this.timeline = new Timeline(spool);
    this.dead = dead;
    this.clocks = clocks;
    this.yard = new Graveyard(dead, this::dropped);
  }

  /** Takes up the groups that the spool's marks know, and starts those that are to be there. */
  void open(Map<GroupName, GroupStart> wanted) throws IOException {
    configured.addAll(wanted.keySet());
    Map<String, byte[]> known = spool.marks();
    for (Map.Entry<String, byte[]> mark : known.entrySet()) {
      if (mark.getKey().startsWith(PREFIX)) {
        GroupName name = new GroupName(mark.getKey().substring(PREFIX.length()));
        try {
          add(Group.reopened(name, mark.getValue(), spool, yard, clocks));
        } catch (MalformedException e) {
          throw new IOException("mark " + mark.getKey() + ": " + e.getMessage(), e);
        }
      }
    }
    first = known.containsKey(FIRST) ? decimal(known.get(FIRST)) : first;
    pausedMs = known.containsKey(PAUSED) ? decimal(known.get(PAUSED)) : null;
    for (Map.Entry<GroupName, GroupStart> group : wanted.entrySet()) {
      findOrStart(group.getKey(), group.getValue());
    }
    if (byName.isEmpty()) {
      findOrStart(DEFAULT, GroupStart.OLDEST);
    }
  }

  private void add(Group group) {
    byName.put(group.name(), group);
    if (group.start() < first) {
      first = group.start();
      marks.put(FIRST, decimal(first));
    }
  }

  private static byte[] decimal(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  private static long decimal(byte[] mark) {
    return Long.parseLong(new String(mark, StandardCharsets.US_ASCII));
  }

  @Nullable
  Group find(GroupName name) {
    return byName.get(name);
  }

  Collection<Group> all() {
    return byName.values();
  }

  /** The group of that name, a new one if need be; null where there are too many. */
  @Nullable
  Group findOrStart(GroupName name, GroupStart start) throws IOException {
    Group known = byName.get(name);
    if (known != null || byName.size() >= MAX) {
      return known;
    }
    boolean newest = start == GroupStart.NEWEST;
    Group standIn = newest ? null : standIn(); // else what waits would be nobody's
    Group group = standIn != null
        ? standIn.renamed(name, yard)
        : Group.starting(
            name, newest ? spool.state().next() : timeline.oldest(), spool, yard, clocks);
    add(group);
    marks.remove(PREFIX + name);
    if (standIn != null) {
      drop(standIn);
    }
    return group;
  }

  /** The default group where nobody has asked for it or named it; null: there is none such. */
  private @Nullable Group standIn() {
    Group group = byName.get(DEFAULT);
    return group == null || group.isAsked() || configured.contains(DEFAULT) ? null : group;
  }

  private void drop(Group group) {
    byName.remove(group.name());
    marks.put(PREFIX + group.name(), NONE);
  }

  /**
   * Forgets a group with its dead and its books. What it had not settled is nobody's business any
   * more, unless another group still needs it.
   */
  void forget(Group group) throws IOException {
    List<DeadId> keys = new ArrayList<>();
    dead.index(group.name()).keySet().forEach(id -> keys.add(new DeadId(group.name(), id)));
    dead.remove(keys);
    drop(group);
  }

  boolean isPaused() {
    return pausedMs != null;
  }

  /** Since when no group leases, in milliseconds since 1970; null: they may. */
  @Nullable
  Long pausedMs() {
    return pausedMs;
  }

  /** No group leases until they are resumed. Durable once saved. */
  void pause() {
    if (pausedMs == null) {
      long now = clocks.now().toEpochMilli();
      pausedMs = now;
      marks.put(PAUSED, decimal(now));
    }
  }

  void resume() {
    pausedMs = null;
    marks.put(PAUSED, NONE);
  }

  private void dropped(DeadId key) {
    Group group = byName.get(key.group());
    if (group != null) {
      group.loseDead(key.id());
    }
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

  /** Books what was let go before {@code first} though a silent group had not settled it. */
  void miss(long first) {
    for (Group group : byName.values()) {
      if (group.needs() < first) {
        group.lose(new Gap(group.needs(), first - 1, LossReason.EVICTED));
      }
    }
  }

  void lose(Gap gap) {
    byName.values().forEach(group -> group.lose(gap));
  }

  /** The marks that have changed. */
  Map<String, byte[]> unsaved() {
    Map<String, byte[]> unsaved = new HashMap<>(marks);
    for (Group group : byName.values()) {
      byte[] mark = group.unsaved();
      if (mark != null) {
        unsaved.put(PREFIX + group.name(), mark);
      }
    }
    return unsaved;
  }

  boolean areChanged() {
    return !marks.isEmpty() || byName.values().stream().anyMatch(Group::isChanged);
  }

  void saved() {
    marks.clear();
    byName.values().forEach(Group::saved);
  }

  /** Removes the rows of the dead that the books, as saved, count as dead no more. */
  void sweep() throws IOException {
    for (Group group : byName.values()) {
      group.sweep();
    }
  }

  /**
   * The first position that a group needs; {@code next} where none does. Silent groups are left
   * aside where there are others. Holds for the books as last saved.
   */
  long needed(long next) {
    boolean allSilent = isPaused() || byName.values().stream().allMatch(Group::isSilent);
    long needed = next;
    for (Group group : byName.values()) {
      if (allSilent || !group.isSilent()) {
        needed = Math.min(needed, group.needs());
      }
    }
    return needed;
  }

  /** Where the bucket's first group began. */
  long first() {
    return first;
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
