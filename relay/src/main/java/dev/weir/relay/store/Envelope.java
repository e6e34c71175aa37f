package dev.weir.relay.store;

import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.CborReader;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a bucket's spool: a capture as it came, behind the name that it keeps for ever.
 *
 * @param arrivedMs when the relay took it, in milliseconds since 1970
 * @param capture the encoded capture
 */
public record Envelope(CaptureId id, long arrivedMs, byte[] capture) {
  /**
   * Big-endian.
   *
   * <pre>
   * version  1 byte   = 1
   * run     16 bytes
   * seq      8 bytes
   * copy     4 bytes
   * arrived  8 bytes  milliseconds since 1970
   * capture  the rest
   * </pre>
   */
  private static final int HEADER = 1 + 16 + 8 + 4 + 8;

  private static final byte VERSION = 1;

  public byte[] encode() {
    return ByteBuffer.allocate(HEADER + capture.length)
        .put(VERSION)
        .put(HexFormat.of().parseHex(id.run().value()))
        .putLong(id.seq())
        .putInt(id.copy())
        .putLong(arrivedMs)
        .put(capture)
        .array();
  }

  /** @throws MalformedException if the bytes are no frame of a bucket */
  public static Envelope decode(byte[] frame) throws MalformedException {
    if (frame.length < HEADER || frame[0] != VERSION) {
      throw new MalformedException("not an envelope of version " + VERSION, 0);
    }
    ByteBuffer from = ByteBuffer.wrap(frame, 1, HEADER - 1);
    byte[] run = new byte[16];
    from.get(run);
    try {
      return new Envelope(
          new CaptureId(new RunId(HexFormat.of().formatHex(run)), from.getLong(), from.getInt()),
          from.getLong(),
          Arrays.copyOfRange(frame, HEADER, frame.length));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), 1);
    }
  }

  /** The capture's session key. */
  public String session() throws MalformedException {
    return sessionOf(capture);
  }

  /**
   * The session key of an encoded capture. Walks over the rest without decoding it: what passes is
   * one whole item with the keys that every capture has.
   *
   * @throws MalformedException if it is not
   */
  public static String sessionOf(byte[] capture) throws MalformedException {
    try (CborReader from = new CborReader(CaptureCodec.CBOR, capture)) {
      if (!from.next()) {
        throw new MalformedException("no capture", 0);
      }
      Keys keys = new Keys();
      from.map("capture", key -> {
        switch (key) {
          case "session" -> keys.session = from.text(key);
          case "at" -> keys.at = from.integer(key);
          case "request" -> {
            from.skip();
            keys.request = true;
          }
          default -> from.skip();
        }
      });
      from.required(keys.at, "at");
      from.required(keys.request, "request");
      if (from.next()) {
        throw new MalformedException("more than one item", from.offset());
      }
      return from.required(keys.session, "session");
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static final class Keys {
    @Nullable
    String session;

    @Nullable
    Long at;

    @Nullable
    Boolean request;
  }
}
