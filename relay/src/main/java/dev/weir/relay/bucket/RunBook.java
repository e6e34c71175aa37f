package dev.weir.relay.bucket;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CborReader;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.Losses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run's numbers, up to the highest that the relay has accounted for: the value of
 * its mark. Every number up to {@code mark} is stored, filtered, lost or rolled back.
 *
 * @param stored captures, however many copies a hook made of them
 * @param copies further captures that came of those that are stored
 * @param emitted of those that are stored, so many a timer of the relay made
 * @param rolledBack stored once by a relay that this one does not remember
 * @param heardMs when the run was last heard of, in milliseconds since 1970
 * @param proxy who ships it, a label
 */
public record RunBook(
    long mark,
    long stored,
    long copies,
    long emitted,
    long filtered,
    Losses lost,
    long rolledBack,
    long heardMs,
    String proxy) {
  static final RunBook NEW = new RunBook(0, 0, 0, 0, 0, Losses.NONE, 0, 0, "");

  /** What the relay's equation is off by for this run: 0. */
  public long imbalance() {
    return mark - stored - filtered - lost.total() - rolledBack;
  }

  /** How many captures its numbers are in the bucket. */
  long captures() {
    return stored + copies;
  }

  RunBook heard(long nowMs, String from) {
    return new RunBook(mark, stored, copies, emitted, filtered, lost, rolledBack, nowMs, from);
  }

  /** The next number is in the bucket, as so many captures. */
  RunBook stored(int captures) {
    return new RunBook(
        mark + 1,
        stored + 1,
        copies + captures - 1,
        emitted,
        filtered,
        lost,
        rolledBack,
        heardMs,
        proxy);
  }

  /** So many captures more came of numbers that are booked. */
  RunBook copied(long count) {
    return new RunBook(
        mark, stored, copies + count, emitted, filtered, lost, rolledBack, heardMs, proxy);
  }

  /** The next number is in the bucket, and no proxy captured it. */
  RunBook made() {
    return new RunBook(
        mark + 1, stored + 1, copies, emitted + 1, filtered, lost, rolledBack, heardMs, proxy);
  }

  /** The next number is not wanted. */
  RunBook dropped() {
    return new RunBook(
        mark + 1, stored, copies, emitted, filtered + 1, lost, rolledBack, heardMs, proxy);
  }

  /** The next {@code count} numbers are lost. */
  RunBook lost(LossReason reason, long count) {
    return new RunBook(
        mark + count,
        stored,
        copies,
        emitted,
        filtered,
        lost.plus(reason, count),
        rolledBack,
        heardMs,
        proxy);
  }

  /** The next {@code count} numbers were stored by a relay that is no more. */
  RunBook rolledBack(long count) {
    return new RunBook(
        mark + count, stored, copies, emitted, filtered, lost, rolledBack + count, heardMs, proxy);
  }

  /** Both in one: for runs that are long gone. */
  RunBook plus(RunBook other) {
    return new RunBook(
        mark + other.mark,
        stored + other.stored,
        copies + other.copies,
        emitted + other.emitted,
        filtered + other.filtered,
        lost.plus(other.lost),
        rolledBack + other.rolledBack,
        Math.max(heardMs, other.heardMs),
        "");
  }

  /**
   * One CBOR item (RFC 8949).
   *
   * <pre>
   * book = { mark: int, stored: int, copies: int, ? emitted: int, filtered: int,
   *          lost: { * reason => int }, rolledBack: int, heard: milliseconds since 1970, proxy: text }
   * </pre>
   */
  byte[] encode() {
    ByteArrayBuilder out = new ByteArrayBuilder(128);
    try (JsonGenerator to = CaptureCodec.CBOR.createGenerator(out)) {
      to.writeStartObject();
      to.writeNumberField("mark", mark);
      to.writeNumberField("stored", stored);
      to.writeNumberField("copies", copies);
      if (emitted > 0) {
        to.writeNumberField("emitted", emitted);
      }
      to.writeNumberField("filtered", filtered);
      to.writeObjectFieldStart("lost");
      for (Map.Entry<String, Long> loss : lost.byName().entrySet()) {
        to.writeNumberField(loss.getKey(), loss.getValue());
      }
      to.writeEndObject();
      to.writeNumberField("rolledBack", rolledBack);
      to.writeNumberField("heard", heardMs);
      to.writeStringField("proxy", proxy);
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  static RunBook decode(byte[] bytes) throws MalformedException {
    try (CborReader from = new CborReader(CaptureCodec.CBOR, bytes)) {
      if (!from.next()) {
        throw new MalformedException("no book of a run", 0);
      }
      return new Fields().read(from);
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static final class Fields {
    private @Nullable Long mark;
    private long stored;
    private long copies;
    private long emitted;
    private long filtered;
    private final Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
    private long rolledBack;
    private long heard;
    private String proxy = "";

    RunBook read(CborReader from) throws IOException {
      from.map("book of a run", key -> {
        switch (key) {
          case "mark" -> mark = from.integer(key);
          case "stored" -> stored = from.integer(key);
          case "copies" -> copies = from.integer(key);
          case "emitted" -> emitted = from.integer(key);
          case "filtered" -> filtered = from.integer(key);
          case "lost" ->
            from.map(
                key, reason -> lost.merge(LossReason.of(reason), from.integer(reason), Long::sum));
          case "rolledBack" -> rolledBack = from.integer(key);
          case "heard" -> heard = from.integer(key);
          case "proxy" -> proxy = from.text(key);
          default -> from.skip();
        }
      });
      long highest = from.required(mark, "mark");
      return new RunBook(
          highest, stored, copies, emitted, filtered, new Losses(lost), rolledBack, heard, proxy);
    }
  }
}
