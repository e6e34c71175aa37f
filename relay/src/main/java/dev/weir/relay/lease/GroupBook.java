package dev.weir.relay.lease;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CborReader;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.Losses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a group is: the value of its mark.
 *
 * @param start the first position that is its business
 * @param through everything up to here is settled, save what is {@code unsettled}
 * @param high everything before it was settled once already, save what is {@code unsettled}: after
 *     a rewind it is higher than {@code through}
 */
record GroupBook(
    long start, long through, long high, List<Unsettled> unsettled, Counts counts, Manner manner) {

  /** Neighbours that are not settled and share their tries. */
  record Unsettled(long from, long through, Tries tries) {
    static List<Unsettled> ranges(NavigableMap<Long, Tries> unsettled) {
      List<Unsettled> ranges = new ArrayList<>();
      unsettled.forEach((offset, tries) -> {
        Unsettled last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
        if (last != null && last.through() + 1 == offset && last.tries().equals(tries)) {
          ranges.set(ranges.size() - 1, new Unsettled(last.from(), offset, tries));
        } else {
          ranges.add(new Unsettled(offset, offset, tries));
        }
      });
      return ranges;
    }
  }

  /**
   * How often a capture was tried.
   *
   * @param runOuts how many of the attempts ended with the lease running out, the last ones
   * @param firstMs when the first attempt ended, in milliseconds since 1970; 0: there was none
   */
  record Tries(int attempts, int runOuts, long firstMs) {
    static final Tries NONE = new Tries(0, 0, 0);
  }

  GroupBook {
    unsettled = List.copyOf(unsettled);
  }

  static GroupBook startingAt(long position) {
    return new GroupBook(position, position - 1, position, List.of(), Counts.NONE, Manner.NEW);
  }

  /**
   * One CBOR item (RFC 8949).
   *
   * <pre>
   * book = { start: int, through: int, ? high: int, delivered: int, filtered: int, dead: int,
   *          lost: { * reason => int }, ? rewound: int, ? asked: 0 or 1,
   *          ? paused: milliseconds since 1970, ? heard: milliseconds since 1970,
   *          unsettled: [ * range ] }
   * range = { from: int, through: int, ? attempts: int, ? runOuts: int, ? first: milliseconds since 1970 }
   * </pre>
   */
  byte[] encode() {
    ByteArrayBuilder out = new ByteArrayBuilder(256);
    try (JsonGenerator to = CaptureCodec.CBOR.createGenerator(out)) {
      to.writeStartObject();
      to.writeNumberField("start", start);
      to.writeNumberField("through", through);
      to.writeNumberField("high", high);
      to.writeNumberField("delivered", counts.delivered());
      to.writeNumberField("filtered", counts.filtered());
      to.writeNumberField("dead", counts.dead());
      to.writeObjectFieldStart("lost");
      for (Map.Entry<String, Long> loss : counts.lost().byName().entrySet()) {
        to.writeNumberField(loss.getKey(), loss.getValue());
      }
      to.writeEndObject();
      to.writeNumberField("rewound", counts.rewound());
      to.writeNumberField("asked", manner.asked() ? 1 : 0);
      if (manner.pausedMs() != null) {
        to.writeNumberField("paused", manner.pausedMs());
      }
      to.writeNumberField("heard", manner.heardMs());
      to.writeArrayFieldStart("unsettled");
      for (Unsettled range : unsettled) {
        write(range, to);
      }
      to.writeEndArray();
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void write(Unsettled range, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeNumberField("from", range.from());
    to.writeNumberField("through", range.through());
    if (!range.tries().equals(Tries.NONE)) {
      to.writeNumberField("attempts", range.tries().attempts());
      to.writeNumberField("runOuts", range.tries().runOuts());
      to.writeNumberField("first", range.tries().firstMs());
    }
    to.writeEndObject();
  }

  static GroupBook decode(byte[] bytes) throws MalformedException {
    try (CborReader from = new CborReader(CaptureCodec.CBOR, bytes)) {
      if (!from.next()) {
        throw new MalformedException("no book of a group", 0);
      }
      return new Fields().read(from);
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static final class Fields {
    private long start;
    private long through;
    private long high;
    private long delivered;
    private long filtered;
    private long dead;
    private final Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
    private long rewound;
    private @Nullable Boolean asked;
    private @Nullable Long paused;
    private long heard;
    private final List<Unsettled> unsettled = new ArrayList<>();

    GroupBook read(CborReader from) throws IOException {
      from.map("book of a group", key -> {
        switch (key) {
          case "start" -> start = from.integer(key);
          case "through" -> through = from.integer(key);
          case "high" -> high = from.integer(key);
          case "delivered" -> delivered = from.integer(key);
          case "filtered" -> filtered = from.integer(key);
          case "dead" -> dead = from.integer(key);
          case "lost" ->
            from.map(
                key, reason -> lost.merge(LossReason.of(reason), from.integer(reason), Long::sum));
          case "rewound" -> rewound = from.integer(key);
          case "asked" -> asked = from.integer(key) != 0;
          case "paused" -> paused = from.integer(key);
          case "heard" -> heard = from.integer(key);
          case "unsettled" -> from.array(key, () -> unsettled.add(new RangeFields().read(from)));
          default -> from.skip();
        }
      });
      // a book from before there was such a key: somebody must have settled that
      boolean known = asked == null ? delivered + filtered + dead > 0 : asked;
      return new GroupBook(
          start,
          through,
          Math.max(high, through + 1),
          unsettled,
          new Counts(delivered, filtered, dead, new Losses(lost), rewound),
          new Manner(known, paused, heard));
    }
  }

  private static final class RangeFields {
    private long first;
    private long last;
    private long attempts;
    private long runOuts;
    private long since;

    Unsettled read(CborReader from) throws IOException {
      from.map("range", key -> {
        switch (key) {
          case "from" -> first = from.integer(key);
          case "through" -> last = from.integer(key);
          case "attempts" -> attempts = from.integer(key);
          case "runOuts" -> runOuts = from.integer(key);
          case "first" -> since = from.integer(key);
          default -> from.skip();
        }
      });
      return new Unsettled(first, last, new Tries((int) attempts, (int) runOuts, since));
    }
  }
}
