package dev.weir.proxy.ship;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A relay in memory: the honest fake. Keeps a mark for each run, skips what is at or below it,
 * insists on the next number, and books what it was once told is stored and has no more.
 */
final class InMemoryUplink implements Uplink {
  private final Map<RunId, Long> marks = new LinkedHashMap<>();
  private final List<String> stored = new ArrayList<>();
  private final Map<LossReason, Long> lost = new TreeMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Deque<Trouble> troubles = new ArrayDeque<>();
  private final List<Shipment> shipments = new ArrayList<>();
  private Duration pause = Duration.ZERO;
  private int maxEntries = Integer.MAX_VALUE;
  private long duplicates;

  /** What comes between the proxy and this relay. */
  interface Trouble {
    /** Answers in the relay's place, or lets {@code relay} answer and spoils that. */
    Delivery answer(Relay relay);

    interface Relay {
      Delivery answer(long upTo);

      default Delivery answer() {
        return answer(Long.MAX_VALUE);
      }
    }

    /** It arrives nowhere. */
    static Trouble unreachable() {
      return relay -> new Delivery.Failed("unreachable", null);
    }

    /** It is stored, and the answer is lost. */
    static Trouble lostAnswer() {
      return relay -> {
        relay.answer();
        return new Delivery.Failed("connection reset", null);
      };
    }

    /** Only entries up to {@code number} arrive. */
    static Trouble cutAfter(long number) {
      return relay -> relay.answer(number);
    }

    static Trouble busy(Duration after) {
      return relay -> new Delivery.Failed("503: busy", after);
    }
  }

  /** What meets the next shipment; told again, the one after it. */
  void next(Trouble trouble) {
    troubles.add(trouble);
  }

  /** A capture of these bytes is refused for good from now on. */
  void refuse(String text) {
    refused.add(text);
  }

  /** What a batch may hold from now on. */
  void takeAtMost(int entries) {
    maxEntries = entries;
  }

  /** What each answer asks for from now on. */
  void pauseAfterEach(Duration duration) {
    pause = duration;
  }

  /** Forgets everything, as one that was replaced. */
  void wipe() {
    marks.clear();
    stored.clear();
  }

  /** The captures, each as a text, in the order of their arrival. */
  List<String> stored() {
    return stored;
  }

  Map<LossReason, Long> lost() {
    return lost;
  }

  long duplicates() {
    return duplicates;
  }

  /** Every shipment that was sent, whatever became of it. */
  List<Shipment> shipments() {
    return shipments;
  }

  @Override
  public Attempt send(Shipment shipment, Duration atMost) {
    shipments.add(shipment);
    Trouble trouble = troubles.isEmpty() ? Trouble.Relay::answer : troubles.remove();
    long bytes = shipment.entries().stream()
        .mapToLong(entry -> entry instanceof Frame frame ? frame.bytes().length : 1)
        .sum();
    return new Attempt(trouble.answer(upTo -> append(shipment, upTo)), bytes);
  }

  private Delivery append(Shipment shipment, long upTo) {
    if (shipment.entries().size() > maxEntries) {
      return new Delivery.TooLarge("413: more than " + maxEntries);
    }
    long mark = marks.getOrDefault(shipment.run(), 0L);
    for (Entry entry : shipment.entries()) {
      if (entry.from() > mark && entry instanceof Frame frame && refused.contains(text(frame))) {
        return new Delivery.Rejected(entry.from(), "422: refused");
      }
    }
    if (mark < shipment.acked()) {
      lose(LossReason.ROLLED_BACK, shipment.acked() - mark);
      mark = shipment.acked();
    }
    if (shipment.first() > mark + 1) {
      return new Delivery.Failed("409: expected " + (mark + 1), null);
    }
    for (Entry entry : shipment.entries()) {
      if (entry.from() > upTo) {
        break;
      }
      if (entry.through() <= mark) {
        duplicates++;
      } else if (entry.from() > mark + 1) {
        throw new AssertionError("a hole before " + entry.from());
      } else if (entry instanceof Frame frame) {
        stored.add(text(frame));
        mark = entry.through();
      } else if (entry instanceof Gap gap) {
        long through = Math.min(gap.through(), upTo);
        lose(gap.reason(), through - mark);
        mark = through;
      }
    }
    marks.put(shipment.run(), mark);
    return mark < shipment.first()
        ? new Delivery.Failed("stored nothing of it", null)
        : new Delivery.Stored(Math.min(mark, shipment.last()), pause);
  }

  private void lose(LossReason reason, long count) {
    lost.merge(reason, count, Long::sum);
  }

  private static String text(Frame frame) {
    return new String(frame.bytes(), StandardCharsets.UTF_8);
  }
}
