package dev.weir.relay.bucket;

import dev.weir.capture.Capture;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.lease.Group;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.unit.GroupName;
import dev.weir.wire.CaptureJson;
import dev.weir.wire.DeadDetail;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.GroupOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may do with a bucket. Each takes a bounded part of a step, so that nobody else
 * waits for long. Its bucket's loop alone may call; an {@link Operation} does.
 */
public final class Operations {
  /** So many rows are looked at in one go. */
  private static final int MOST_READ = 1_000;

  private final Spool spool;
  private final DeadStore dead;
  private final Groups groups;
  private final Clocks clocks;
  private final Timeline timeline;

  Operations(Spool spool, DeadStore dead, Groups groups, Clocks clocks) {
    this.spool = spool;
    this.dead = dead;
    this.groups = groups;
    this.clocks = clocks;
    this.timeline = new Timeline(spool);
  }

  /** Rows that a query means, and what is said of them. */
  private record Found(List<DeadRow> rows, DeadPage page) {}

  private Found find(DeadQuery query, Predicate<DeadRow> eligible) throws IOException {
    DeadFilter filter = new DeadFilter(query, clocks.now());
    long through = query.through() == null ? Long.MAX_VALUE : query.through();
    long last =
        query.number() == null ? query.after() : Math.max(query.after(), query.number() - 1);
    List<DeadRow> rows = new ArrayList<>();
    List<DeadPage.Dead> said = new ArrayList<>();
    List<DeadRow> read = dead.read(query.group(), null, last, MOST_READ);
    boolean end = read.isEmpty();
    for (DeadRow row : read) {
      end = row.number() > through || (query.number() != null && row.number() > query.number());
      if (end || rows.size() >= query.max()) {
        break;
      }
      last = row.number();
      DeadPage.Dead one = eligible.test(row) ? filter.of(row) : null;
      if (one != null) {
        rows.add(row);
        said.add(one);
      }
    }
    return new Found(rows, new DeadPage(said, last, end));
  }

  /** The dead that a query means. */
  public DeadPage list(DeadQuery query) throws IOException {
    return find(query, row -> true).page();
  }

  /** The one of that number. */
  public Optional<DeadDetail> show(DeadQuery query) throws IOException {
    Found found = find(query, row -> true);
    if (query.number() == null || found.rows().isEmpty()) {
      return Optional.empty();
    }
    DeadRow row = found.rows().get(0);
    Capture capture = DeadFilter.decoded(row.capture());
    return Optional.of(new DeadDetail(
        found.page().dead().get(0),
        row.capture().answer(),
        capture == null ? null : CaptureJson.write(capture)));
  }

  /** Has their groups try those that rest again; which. */
  public DeadPage redrive(DeadQuery query) throws IOException {
    Found found = find(
        query, row -> row.state() == State.RESTING && groups.find(row.capture().group()) != null);
    List<DeadId> keys = found.rows().stream().map(DeadRow::id).toList();
    dead.mark(State.DUE, keys);
    keys.stream().map(DeadId::group).distinct().forEach(this::wake);
    return found.page();
  }

  private void wake(GroupName name) {
    Group group = groups.find(name);
    if (group != null) {
      group.redrive();
    }
  }

  /** Gives them up, save those that a player has; which. They are counted as lost, purged. */
  public DeadPage purgeDead(DeadQuery query) throws IOException {
    Found found = find(query, row -> {
      Group group = groups.find(row.capture().group());
      return group != null && group.isFree(row);
    });
    Map<GroupName, List<DeadRow>> byGroup = new LinkedHashMap<>();
    for (DeadRow row : found.rows()) {
      byGroup.computeIfAbsent(row.capture().group(), name -> new ArrayList<>()).add(row);
    }
    for (Map.Entry<GroupName, List<DeadRow>> part : byGroup.entrySet()) {
      Group group = groups.find(part.getKey());
      if (group != null) {
        group.purgeDead(part.getValue());
      }
    }
    return found.page();
  }

  /** Whether there is such a group; null stands for all of them. */
  public boolean has(@Nullable GroupName name) {
    return name == null || groups.find(name) != null;
  }

  /** Whether there is such a group: it leases nothing until it is resumed. */
  public boolean pause(@Nullable GroupName name) {
    if (name == null) {
      groups.pause();
      return true;
    }
    Group group = groups.find(name);
    if (group != null) {
      group.pause();
    }
    return group != null;
  }

  /** Whether there is such a group. A bucket that is paused as a whole is resumed as a whole. */
  public boolean resume(@Nullable GroupName name) {
    if (name == null) {
      groups.resume();
      return true;
    }
    Group group = groups.find(name);
    if (group != null) {
      group.resume();
    }
    return group != null;
  }

  /** Whether the bucket is paused as a whole: then none of its groups leases. */
  public boolean isPaused() {
    return groups.isPaused();
  }

  /** Has a group lease once more what arrived since; nothing where there is no such group. */
  public Optional<GroupOrder.Done> rewind(GroupOrder order) throws IOException {
    Group group = order.group() == null ? null : groups.find(order.group());
    if (group == null) {
      return Optional.empty();
    }
    Long age = order.ageMs();
    long to = age == null ? timeline.oldest() : since(age);
    long captures = group.behind(to);
    if (!order.dryRun() && captures > 0) {
      group.rewind(to);
    }
    return Optional.of(new GroupOrder.Done(captures));
  }

  /**
   * Gives up what waits, for one group or for all, save what a player has; nothing where there is
   * no such group. It is counted as lost, purged.
   */
  public Optional<GroupOrder.Done> purge(GroupOrder order) throws IOException {
    Group one = order.group() == null ? null : groups.find(order.group());
    if (order.group() != null && one == null) {
      return Optional.empty();
    }
    Collection<Group> concerned = one == null ? List.copyOf(groups.all()) : List.of(one);
    Long age = order.ageMs();
    long end = age == null ? spool.state().next() : since(age);
    long captures = 0;
    for (Group group : concerned) {
      captures += order.dryRun() ? group.purgeable(end) : group.purge(end);
    }
    return Optional.of(new GroupOrder.Done(captures));
  }

  /** The first position whose capture arrived so long ago or later. */
  private long since(long ageMs) throws IOException {
    return timeline.firstSince(spool.state().next(), clocks.now().toEpochMilli() - ageMs);
  }

  /** What became of an attempt to forget a group. */
  public enum Forgotten {
    DONE,
    UNKNOWN,
    /** It is the only one: the bucket would keep nothing for anybody. */
    LAST
  }

  /** Forgets a group, its dead and its books. */
  public Forgotten forget(GroupName name, boolean dryRun) throws IOException {
    Group group = groups.find(name);
    if (group == null) {
      return Forgotten.UNKNOWN;
    }
    if (groups.all().size() == 1) {
      return Forgotten.LAST;
    }
    if (!dryRun) {
      groups.forget(group);
    }
    return Forgotten.DONE;
  }
}
