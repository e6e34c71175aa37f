package dev.weir.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.CborReader;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches as CBOR sequences (RFC 8742) and reads them back. The bytes of a capture are
 * copied as they stand in the spool.
 *
 * <pre>
 * shipped = *( { seq: int, capture: bytes } / { from: int, through: int, reason: text } )
 * leased  = *{ offset: int, run: text, seq: int, ? copy: int, attempt: int, ? age: int, capture: bytes }
 * </pre>
 */
public final class BatchCodec {
  /**
   * The most that a relay takes, as it stands on the wire: what it inflates to is bounded there.
   */
  public static final ByteSize MOST_SHIPPED = ByteSize.ofMegabytes(16);

  private BatchCodec() {}

  /** A batch on its way to the relay: the entries' positions are numbers of its run. */
  public static byte[] encodeShipped(List<Entry> entries) {
    Buffer out = new Buffer();
    encodeShipped(entries, out);
    return out.readByteArray();
  }

  /** The same, to the end of a buffer. */
  public static void encodeShipped(List<Entry> entries, Buffer out) {
    write(out, to -> {
      for (Entry entry : entries) {
        to.writeStartObject();
        if (entry instanceof Frame frame) {
          to.writeNumberField("seq", frame.position());
          to.writeFieldName("capture");
          to.writeBinary(frame.bytes());
        } else if (entry instanceof Gap gap) {
          to.writeNumberField("from", gap.from());
          to.writeNumberField("through", gap.through());
          to.writeStringField("reason", gap.reason().wireName());
        }
        to.writeEndObject();
      }
    });
  }

  /**
   * @throws MalformedException if the bytes are anything but entries that follow each other without
   *     a hole
   */
  public static List<Entry> decodeShipped(byte[] bytes) throws MalformedException {
    return decodeShipped(bytes, Integer.MAX_VALUE);
  }

  /**
   * The same, but no further than one entry beyond {@code most}: a batch of more is not to be
   * taken, whatever follows.
   */
  public static List<Entry> decodeShipped(byte[] bytes, int most) throws MalformedException {
    List<Entry> entries = new ArrayList<>();
    read(bytes, () -> entries.size() <= most, from -> {
      Entry entry = new ShippedFields().read(from);
      if (!entries.isEmpty() && entry.from() != entries.get(entries.size() - 1).through() + 1) {
        throw new MalformedException(
            "number " + entry.from() + " follows number "
                + entries.get(entries.size() - 1).through(),
            from.offset());
      }
      entries.add(entry);
    });
    return entries;
  }

  /** A batch on its way to a player. */
  public static byte[] encodeLeased(List<LeasedCapture> captures) {
    Buffer out = new Buffer();
    write(out, to -> {
      for (LeasedCapture leased : captures) {
        to.writeStartObject();
        to.writeNumberField("offset", leased.offset());
        to.writeStringField("run", leased.id().run().value());
        to.writeNumberField("seq", leased.id().seq());
        if (leased.id().copy() > 1) {
          to.writeNumberField("copy", leased.id().copy());
        }
        to.writeNumberField("attempt", leased.attempt());
        if (leased.ageMs() > 0) {
          to.writeNumberField("age", leased.ageMs());
        }
        to.writeFieldName("capture");
        to.writeBinary(leased.bytes());
        to.writeEndObject();
      }
    });
    return out.readByteArray();
  }

  /** @throws MalformedException if the bytes are anything else */
  public static List<LeasedCapture> decodeLeased(byte[] bytes) throws MalformedException {
    List<LeasedCapture> captures = new ArrayList<>();
    read(bytes, () -> true, from -> captures.add(new LeasedFields().read(from)));
    return captures;
  }

  private interface Writer {
    void write(JsonGenerator to) throws IOException;
  }

  private static void write(Buffer out, Writer writer) {
    try (JsonGenerator to = CaptureCodec.CBOR.createGenerator(out.outputStream())) {
      writer.write(to);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private interface ItemReader {
    void read(CborReader from) throws IOException;
  }

  private static void read(byte[] bytes, BooleanSupplier more, ItemReader reader)
      throws MalformedException {
    try (CborReader from = new CborReader(CaptureCodec.CBOR, bytes)) {
      while (more.getAsBoolean() && from.next()) {
        reader.read(from);
      }
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static final class ShippedFields {
    private @Nullable Long seq;
    private byte @Nullable [] capture;
    private @Nullable Long first;
    private @Nullable Long through;
    private @Nullable String reason;

    Entry read(CborReader from) throws IOException {
      from.map("entry", key -> {
        switch (key) {
          case "seq" -> seq = from.integer(key);
          case "capture" -> capture = from.bytes(key);
          case "from" -> first = from.integer(key);
          case "through" -> through = from.integer(key);
          case "reason" -> reason = from.text(key);
          default -> from.skip();
        }
      });
      Long number = seq;
      if (number != null) {
        return new Frame(positive(number, from), from.required(capture, "capture"));
      }
      long start = positive(from.required(first, "seq or from"), from);
      long end = from.required(through, "through");
      if (end < start) {
        throw new MalformedException("a gap from " + start + " through " + end, from.offset());
      }
      return new Gap(start, end, LossReason.of(from.required(reason, "reason")));
    }

    private static long positive(long number, CborReader from) throws MalformedException {
      if (number < 1) {
        throw new MalformedException("number " + number + " is below 1", from.offset());
      }
      return number;
    }
  }

  private static final class LeasedFields {
    private @Nullable Long offset;
    private @Nullable String run;
    private @Nullable Long seq;
    private long copy = 1;
    private @Nullable Long attempt;
    private long age;
    private byte @Nullable [] capture;

    LeasedCapture read(CborReader from) throws IOException {
      from.map("leased capture", key -> {
        switch (key) {
          case "offset" -> offset = from.integer(key);
          case "run" -> run = from.text(key);
          case "seq" -> seq = from.integer(key);
          case "copy" -> copy = from.integer(key);
          case "attempt" -> attempt = from.integer(key);
          case "age" -> age = from.integer(key);
          case "capture" -> capture = from.bytes(key);
          default -> from.skip();
        }
      });
      String runText = from.required(run, "run");
      long number = from.required(seq, "seq");
      return new LeasedCapture(
          from.required(offset, "offset"),
          from.made(() -> new CaptureId(new RunId(runText), number, Math.toIntExact(copy))),
          from.required(attempt, "attempt").intValue(),
          age,
          from.required(capture, "capture"));
    }
  }
}
