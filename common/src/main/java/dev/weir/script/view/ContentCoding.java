package dev.weir.script.view;

import dev.weir.capture.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.luaj.vm2.LuaError;

/** Undoes and redoes Content-Encoding (RFC 9110, section 8.4): gzip and deflate. */
public final class ContentCoding {
  private static final int CHUNK = 8 << 10;

  /** One is usual, two are a mistake; each costs time and memory of its own. */
  private static final int MOST = 4;

  /** Is told of bytes as they are decoded, of one coding after the other. */
  @FunctionalInterface
  public interface Watch {
    /**
     * Throws where that is too much.
     *
     * @param more bytes since it was last told
     * @param size of what this coding has yielded so far
     */
    void decoded(int more, int size);
  }

  private ContentCoding() {}

  /** The codings of a message in the order they were applied, lower case. */
  public static List<String> of(Headers headers) {
    if (headers.get("Content-Encoding") == null) {
      return List.of();
    }
    List<String> codings = new ArrayList<>();
    for (String value : headers.all("Content-Encoding")) {
      for (String coding : value.split(",", -1)) {
        String name = coding.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("identity")) {
          codings.add(name.equals("x-gzip") ? "gzip" : name);
        }
      }
    }
    return codings;
  }

  /** @throws LuaError if a coding is not known, the bytes are not of it, or there are too many */
  public static byte[] decode(List<String> codings, byte[] bytes, Watch watch) {
    refuseMany(codings);
    byte[] decoded = bytes;
    for (int i = codings.size() - 1; i >= 0; i--) {
      decoded = inflate(codings.get(i), decoded, watch);
    }
    return decoded;
  }

  private static byte[] inflate(String coding, byte[] bytes, Watch watch) {
    if (bytes.length == 0) {
      return bytes;
    }
    Inflater inflater = new Inflater(!isZlib(bytes));
    try (InputStream in = inflating(coding, bytes, inflater)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(2 * bytes.length);
      byte[] chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, read);
        watch.decoded(read, out.size());
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new LuaError("the body is not " + coding + " as its Content-Encoding says");
    } finally {
      inflater.end();
    }
  }

  private static InputStream inflating(String coding, byte[] bytes, Inflater inflater)
      throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case "gzip" -> new GZIPInputStream(in);
      case "deflate" -> new InflaterInputStream(in, inflater);
      default -> throw unknown(coding);
    };
  }

  /** Some senders leave out the zlib wrapper that "deflate" asks for. */
  private static boolean isZlib(byte[] bytes) {
    return bytes.length >= 2
        && (bytes[0] & 0x0f) == 8
        && ((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) % 31 == 0;
  }

  static byte[] encode(List<String> codings, byte[] bytes) {
    refuseMany(codings);
    byte[] encoded = bytes;
    for (String coding : codings) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length / 2 + 64);
      try (OutputStream deflater = deflater(coding, out)) {
        deflater.write(encoded);
      } catch (IOException e) {
        throw new LuaError("the body cannot be encoded with " + coding);
      }
      encoded = out.toByteArray();
    }
    return encoded;
  }

  private static OutputStream deflater(String coding, OutputStream out) throws IOException {
    return switch (coding) {
      case "gzip" -> new GZIPOutputStream(out);
      case "deflate" -> new DeflaterOutputStream(out);
      default -> throw unknown(coding);
    };
  }

  private static void refuseMany(List<String> codings) {
    if (codings.size() > MOST) {
      throw new LuaError("the body is encoded " + codings.size()
          + " times over; scripts read at most " + MOST + " codings");
    }
  }

  private static LuaError unknown(String coding) {
    return new LuaError("the body is encoded with \"" + coding
        + "\", which scripts cannot read; supported: gzip, deflate");
  }
}
