package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code hash} and {@code hmac}: digests in lower-case hexadecimal. */
public final class HashLibrary {
  private static final Map<String, String> DIGESTS =
      Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256");

  public static final Library HASH = hash();
  public static final Library HMAC = hmac();

  private HashLibrary() {}

  private static Library hash() {
    Library library = Library.named("hash");
    DIGESTS.forEach((name, algorithm) ->
        library.function(name, args -> hex(digest(algorithm, bytes(args, 1)))));
    return library
        .function("crc32", args -> {
          CRC32 crc = new CRC32();
          crc.update(bytes(args, 1));
          return LuaValue.valueOf((double) crc.getValue());
        })
        .function("slot", args -> {
          int slots = args.checkint(2);
          if (slots < 1) {
            throw new LuaError("bad argument #2: one slot at least, not " + slots);
          }
          return LuaValue.valueOf(slot(bytes(args, 1), slots));
        })
        .seal();
  }

  private static Library hmac() {
    Library library = Library.named("hmac");
    DIGESTS.forEach((name, algorithm) -> library.function(name, args -> {
      try {
        String keyed = "Hmac" + algorithm.replace("-", "");
        Mac mac = Mac.getInstance(keyed);
        byte[] key = bytes(args, 1);
        if (key.length == 0) {
          throw new LuaError("bad argument #1: the key is empty");
        }
        mac.init(new SecretKeySpec(key, keyed));
        return hex(mac.doFinal(bytes(args, 2)));
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new LuaError(e);
      }
    }));
    return library.seal();
  }

  private static byte[] bytes(Varargs args, int index) {
    LuaString text = args.checkstring(index);
    Budget.current().charge(20 + (text.m_length >> 3));
    return Text.bytes(text);
  }

  static LuaString hex(byte[] bytes) {
    return LuaString.valueOf(HexFormat.of().formatHex(bytes));
  }

  static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new LuaError(e);
    }
  }

  /**
   * The first eight bytes of the SHA-256, big-endian and unsigned, modulo {@code slots}: the same
   * on every node and in every release.
   */
  public static int slot(byte[] key, int slots) {
    long hash = ByteBuffer.wrap(digest("SHA-256", key)).getLong();
    return (int) Long.remainderUnsigned(hash, slots);
  }
}
