package dev.weir.capture;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a format that is made of CBOR maps with text keys (RFC 8949), and says where it went wrong.
 * Keys that it does not know are skipped, so that an older reader takes what a newer writer wrote.
 */
public final class CborReader implements AutoCloseable {
  /** What one key of a map means: reads the value that follows. */
  public interface KeyHandler {
    void read(String key) throws IOException;
  }

  /** Reads one item of an array. */
  public interface ItemHandler {
    void read() throws IOException;
  }

  private final JsonParser parser;

  public CborReader(CBORFactory factory, byte[] bytes) throws IOException {
    parser = factory.createParser(bytes);
  }

  /** Whether another item follows on the top level. */
  public boolean next() throws IOException {
    try {
      return parser.nextToken() != null;
    } catch (StreamReadException | RuntimeException e) {
      throw garbage(e);
    } catch (IOException e) {
      throw garbage(e);
    }
  }

  /** Reads a map; the parser stands at its start. */
  public void map(String what, KeyHandler handler) throws IOException {
    expect(parser.currentToken(), JsonToken.START_OBJECT, what);
    while (advance() != JsonToken.END_OBJECT) {
      String key = wellFormed(parser.currentName());
      advance();
      handler.read(key);
    }
  }

  /** Reads an array; the parser stands at its start, and at each item when that is read. */
  public void array(String what, ItemHandler handler) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, what);
    while (advance() != JsonToken.END_ARRAY) {
      handler.read();
    }
  }

  /** Reads an array of texts; the parser stands at its start. */
  public List<String> texts(String what) throws IOException {
    List<String> texts = new ArrayList<>();
    array(what, () -> texts.add(text(what)));
    return texts;
  }

  public String text(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_STRING, what);
    return wellFormed(checked(parser::getText));
  }

  /** Jackson makes of some bytes that are no UTF-8 a text that nobody could write again. */
  private String wellFormed(String text) throws MalformedException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
        if (!pair) {
          throw new MalformedException("a text is not UTF-8", offset());
        }
        i++;
      }
    }
    return text;
  }

  public long integer(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
    return checked(parser::getLongValue);
  }

  public byte[] bytes(String what) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_EMBEDDED_OBJECT, what);
    return checked(parser::getBinaryValue);
  }

  public void skip() throws IOException {
    checked(() -> parser.skipChildren());
  }

  /** What must be there: {@code value}, unless it is null. */
  public <T> T required(@Nullable T value, String what) throws MalformedException {
    if (value == null) {
      throw new MalformedException("no " + what, offset());
    }
    return value;
  }

  /** Makes a value of what was read; a value that does not accept it is malformed input. */
  public <T> T made(Supplier<T> maker) throws MalformedException {
    try {
      return maker.get();
    } catch (RuntimeException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), offset());
    }
  }

  public long offset() {
    return Math.max(0, parser.currentLocation().getByteOffset());
  }

  private JsonToken advance() throws IOException {
    JsonToken token = checked(parser::nextToken);
    if (token == null) {
      throw new MalformedException("cut short", offset());
    }
    return token;
  }

  private void expect(@Nullable JsonToken actual, JsonToken expected, String what)
      throws MalformedException {
    if (actual != expected) {
      throw new MalformedException(what + " is not " + nameOf(expected), offset());
    }
  }

  private static String nameOf(JsonToken token) {
    if (token == JsonToken.START_OBJECT) {
      return "a map";
    }
    if (token == JsonToken.START_ARRAY) {
      return "an array";
    }
    if (token == JsonToken.VALUE_STRING) {
      return "a text";
    }
    return token == JsonToken.VALUE_NUMBER_INT ? "an integer" : "a byte string";
  }

  private interface Read<T> {
    T read() throws IOException;
  }

  private <T> T checked(Read<T> read) throws IOException {
    try {
      return read.read();
    } catch (IOException | RuntimeException e) {
      throw garbage(e);
    }
  }

  /**
   * Everything that Jackson says of bytes in memory is about the bytes: there is no other source of
   * trouble.
   */
  private MalformedException garbage(Exception e) {
    String message = String.valueOf(e.getMessage());
    int lineEnd = message.indexOf('\n');
    return new MalformedException(lineEnd < 0 ? message : message.substring(0, lineEnd), offset());
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
