package dev.weir.player.feed;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.loop.Ticker;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import dev.weir.wire.Settlement.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bucket with one group, in memory, with the rules of a relay. Thread-safe. */
public final class InMemoryFeed implements Feed {
  private static final RunId RUN = new RunId("0123456789abcdef0123456789abcdef");

  private final Order order;
  private final Ticker ticker;
  private final TreeMap<Long, Item> items = new TreeMap<>();
  private final Map<String, Long> leases = new HashMap<>();
  private final Map<String, List<Long>> granted = new HashMap<>();
  private final List<Poll> polls = new ArrayList<>();
  private final List<Settlement> settlements = new ArrayList<>();
  private int leaseNumber;

  private record Poll(Ask ask, long until, CompletableFuture<Grant> reply) {}

  private static final class Item {
    final long offset;
    final String session;
    final byte[] bytes;
    int attempts;

    /** When it was first tried or held back; null: not yet. */
    @Nullable
    Long firstAttempt;

    long due;
    boolean alone;
    boolean leased;
    String fate = "";

    @Nullable
    String lease;

    Item(long offset, String session, byte[] bytes) {
      this.offset = offset;
      this.session = session;
      this.bytes = bytes;
    }
  }

  public InMemoryFeed(Order order, Ticker ticker) {
    this.order = order;
    this.ticker = ticker;
  }

  public void add(Capture... captures) {
    synchronized (this) {
      for (Capture capture : captures) {
        add(capture.session(), CaptureCodec.encode(capture));
      }
    }
    step();
  }

  /** Anything, also what is no capture. */
  public synchronized void add(String session, byte[] bytes) {
    long offset = items.size() + 1L;
    Item item = new Item(offset, session, bytes);
    item.due = ticker.nanos();
    items.put(offset, item);
  }

  /** {@code delivered}, {@code filtered: why}, {@code dead: why}, or empty where it waits. */
  public synchronized String fate(long offset) {
    return items.get(offset).fate;
  }

  public synchronized List<String> fates() {
    return items.values().stream().map(i -> i.fate).toList();
  }

  public synchronized int attempts(long offset) {
    return items.get(offset).attempts;
  }

  public synchronized boolean isLeased(long offset) {
    return items.get(offset).lease != null;
  }

  public synchronized int liveLeases() {
    return leases.size();
  }

  public synchronized List<Settlement> settlements() {
    return List.copyOf(settlements);
  }

  /** Goes back: whatever became of it, all from {@code offset} on is leased once more. */
  public synchronized void rewind(long offset) {
    items.tailMap(offset, true).values().forEach(item -> item.fate = "");
  }

  /** As after a restart: leases are forgotten. */
  public synchronized void forgetLeases() {
    leases.clear();
    granted.clear();
    items.values().forEach(item -> item.lease = null);
  }

  /** Takes back what ran out, and answers polls that have waited long enough. */
  public void step() {
    Map<CompletableFuture<Grant>, Grant> answers = new HashMap<>();
    synchronized (this) {
      long now = ticker.nanos();
      runOut(now);
      for (Poll poll : List.copyOf(polls)) {
        Grant grant = pick(poll.ask(), now);
        if (grant != null || now - poll.until() >= 0) {
          polls.remove(poll);
          answers.put(poll.reply(), grant == null ? new Grant.Nothing() : grant);
        }
      }
    }
    answers.forEach(CompletableFuture::complete);
  }

  @Override
  public CompletableFuture<Grant> lease(Ask ask) {
    CompletableFuture<Grant> reply = new CompletableFuture<>();
    synchronized (this) {
      polls.add(new Poll(ask, ticker.nanos() + ask.patience().toNanos(), reply));
    }
    step();
    return reply;
  }

  private @Nullable Grant pick(Ask ask, long now) {
    List<Item> picked = new ArrayList<>();
    Set<String> closed = new HashSet<>();
    String onto = leases.containsKey(ask.lease()) ? ask.lease() : null;
    for (Item item : items.values()) {
      if (item.lease != null && (!item.lease.equals(onto) || item.alone)) {
        closed.add(lane(item));
      }
    }
    long bytes = 0;
    for (Item item : items.values()) {
      if (!item.fate.isEmpty() || (onto != null && onto.equals(item.lease))) {
        continue;
      }
      String lane = lane(item);
      boolean goesOn = onto != null && !item.leased && !item.alone;
      boolean begins = picked.isEmpty() ? !holds(onto, lane) : onto == null && !item.alone;
      boolean free = item.lease == null && item.due - now <= 0 && !closed.contains(lane);
      if (!free || (!goesOn && !begins)) {
        closed.add(lane);
        continue;
      }
      if (!goesOn && onto != null) {
        String other = onto;
        items.values().stream()
            .filter(i -> other.equals(i.lease))
            .forEach(i -> closed.add(lane(i)));
        onto = null;
      }
      picked.add(item);
      bytes += item.bytes.length;
      if (item.alone || picked.size() >= ask.max() || bytes >= ask.maxBytes()) {
        break;
      }
    }
    if (picked.isEmpty()) {
      return null;
    }
    String lease = onto == null ? "lease-" + ++leaseNumber : onto;
    leases.putIfAbsent(lease, now + ask.length().toNanos());
    granted
        .computeIfAbsent(lease, l -> new ArrayList<>())
        .addAll(picked.stream().map(item -> item.offset).toList());
    picked.forEach(item -> {
      item.lease = lease;
      item.leased = true;
    });
    return new Grant.Leased(
        lease, picked.stream().map(item -> leased(item, now)).toList());
  }

  private boolean holds(@Nullable String lease, String lane) {
    return lease != null
        && items.values().stream()
            .anyMatch(item -> lease.equals(item.lease) && lane(item).equals(lane));
  }

  private String lane(Item item) {
    return switch (order) {
      case SESSION -> item.session;
      case BUCKET -> "";
      case NONE -> Long.toString(item.offset);
    };
  }

  private static LeasedCapture leased(Item item, long now) {
    Long first = item.firstAttempt;
    long age = first == null ? 0 : Duration.ofNanos(now - first).toMillis();
    return new LeasedCapture(
        item.offset, new CaptureId(RUN, item.offset), item.attempts + 1, age, item.bytes);
  }

  @Override
  public CompletableFuture<Ack> extend(String lease, Duration length) {
    synchronized (this) {
      long now = ticker.nanos();
      runOut(now);
      if (!leases.containsKey(lease)) {
        return CompletableFuture.completedFuture(new Ack.Gone("no lease " + lease));
      }
      leases.put(lease, now + length.toNanos());
      return CompletableFuture.completedFuture(new Ack.Done());
    }
  }

  @Override
  public CompletableFuture<Ack> settle(String lease, Settlement settlement) {
    Ack ack;
    synchronized (this) {
      ack = book(lease, settlement);
    }
    step();
    return CompletableFuture.completedFuture(ack);
  }

  private Ack book(String lease, Settlement settlement) {
    long now = ticker.nanos();
    runOut(now);
    if (!granted.containsKey(lease)) {
      return new Ack.Gone("no lease " + lease);
    }
    settlements.add(settlement);
    if (!leases.containsKey(lease)) {
      late(granted.get(lease), settlement.delivered());
      return new Ack.Done();
    }
    within(settlement.delivered(), lease).forEach(item -> end(item, "delivered"));
    settlement
        .filtered()
        .forEach(f ->
            held(f.offset(), lease).forEach(item -> end(item, "filtered: " + f.reason())));
    settlement
        .dead()
        .forEach(d -> held(d.offset(), lease).forEach(item -> end(item, "dead: " + d.reason())));
    List<Settlement.Retry> latestFirst = settlement.retry().stream()
        .sorted(Comparator.comparingLong(Settlement.Retry::offset).reversed())
        .toList();
    for (Settlement.Retry retry : latestFirst) {
      for (Item item : held(retry.offset(), lease)) {
        if (item.firstAttempt == null) {
          item.firstAttempt = now;
        }
        item.attempts += retry.held() ? 0 : 1;
        item.due = now + Duration.ofMillis(retry.afterMs()).toNanos();
        item.lease = null;
        items.tailMap(item.offset, false).values().stream()
            .filter(later -> lease.equals(later.lease) && lane(later).equals(lane(item)))
            .forEach(later -> later.lease = null);
      }
    }
    within(settlement.released(), lease).forEach(item -> item.lease = null);
    if (settlement.done()) {
      items.values().stream().filter(i -> lease.equals(i.lease)).forEach(i -> i.lease = null);
    }
    if (items.values().stream().noneMatch(item -> lease.equals(item.lease))) {
      leases.remove(lease);
    }
    return new Ack.Done();
  }

  /** Of a lease that ran out only what was delivered counts. */
  private void late(List<Long> offsets, List<Range> delivered) {
    for (Range range : delivered) {
      items.subMap(range.from(), true, range.through(), true).values().stream()
          .filter(item -> offsets.contains(item.offset) && item.fate.isEmpty())
          .forEach(item -> item.fate = "delivered");
    }
  }

  private static void end(Item item, String fate) {
    item.fate = fate;
    item.lease = null;
  }

  private List<Item> within(List<Range> ranges, String lease) {
    return ranges.stream()
        .flatMap(r -> items.subMap(r.from(), true, r.through(), true).values().stream())
        .filter(item -> lease.equals(item.lease))
        .toList();
  }

  private List<Item> held(long offset, String lease) {
    return within(List.of(new Range(offset, offset)), lease);
  }

  private void runOut(long now) {
    leases.entrySet().removeIf(lease -> {
      boolean over = now - lease.getValue() >= 0;
      if (over) {
        items.values().stream().filter(i -> lease.getKey().equals(i.lease)).forEach(item -> {
          item.lease = null;
          item.alone = true;
        });
      }
      return over;
    });
  }

  @Override
  public synchronized void close() {
    polls.clear();
  }
}
