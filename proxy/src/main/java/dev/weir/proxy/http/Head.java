package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The head of one message: its bytes, and where in them the parts stand. Reused for message after
 * message by the one I/O thread that owns it, so that looking at a head allocates nothing.
 */
final class Head implements RequestHead, ResponseHead {
  /** What a field means to a proxy. */
  enum Kind {
    ANY,
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    UPGRADE,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    TE,
    EXPECT,
    X_FORWARDED_FOR,
    X_FORWARDED_PROTO,
    X_FORWARDED_HOST,
    FORWARDED;

    private final String lowerCase = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private static final Kind[] NAMED = Arrays.copyOfRange(values(), 1, values().length);
  }

  /** RFC 9112, section 5.2. */
  private static final Pattern FOLD = Pattern.compile("[ \t]*\r?\n[ \t]*");

  static final int MAX_FIELDS = 512;
  private static final int STRIDE = 4;

  byte[] bytes = new byte[1024];
  int length;
  // the three parts of the first line, each from its start to before its end
  int firstEnd;
  int secondStart;
  int secondEnd;
  int thirdStart;
  int thirdEnd;
  int fieldsStart;

  private int count;
  private boolean folded;
  // per field: start of line, end of name, start and end of value
  private int[] spans = new int[32 * STRIDE];
  private Kind[] kinds = new Kind[32];

  void load(ByteBuffer in, int from, int to) {
    length = to - from;
    if (bytes.length < length) {
      bytes = new byte[Math.max(length, 2 * bytes.length)];
    }
    in.get(from, bytes, 0, length);
    count = 0;
    folded = false;
    fieldsStart = 0;
  }

  void add(int line, int nameEnd, int valueStart, int valueEnd) throws BadMessage {
    if (count == MAX_FIELDS) {
      throw new BadMessage(431, "more than " + MAX_FIELDS + " header fields");
    }
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      spans = Arrays.copyOf(spans, 2 * count * STRIDE);
    }
    int at = count * STRIDE;
    spans[at] = line;
    spans[at + 1] = nameEnd;
    spans[at + 2] = valueStart;
    spans[at + 3] = valueEnd;
    kinds[count++] = kindOf(line, nameEnd);
  }

  /** Lets the last field's value go on to {@code valueEnd}: an obsolete folded line. */
  void fold(int valueEnd) {
    spans[(count - 1) * STRIDE + 3] = valueEnd;
    folded = true;
  }

  int count() {
    return count;
  }

  Kind kind(int field) {
    return kinds[field];
  }

  int lineStart(int field) {
    return spans[field * STRIDE];
  }

  /** Where the next line begins. */
  int lineEnd(int field) {
    return field + 1 < count ? spans[(field + 1) * STRIDE] : fieldsEnd();
  }

  /** Where the empty line at the end begins. */
  int fieldsEnd() {
    return length >= 2 && bytes[length - 2] == '\r' ? length - 2 : length - 1;
  }

  int valueStart(int field) {
    return spans[field * STRIDE + 2];
  }

  int valueEnd(int field) {
    return spans[field * STRIDE + 3];
  }

  String name(int field) {
    return text(spans[field * STRIDE], spans[field * STRIDE + 1]);
  }

  String value(int field) {
    String value = text(valueStart(field), valueEnd(field));
    return folded ? FOLD.matcher(value).replaceAll(" ") : value;
  }

  boolean valueIs(int field, String lowerCase) {
    return equalsIgnoreCase(valueStart(field), valueEnd(field), lowerCase);
  }

  boolean nameIs(int field, String lowerCase) {
    return equalsIgnoreCase(spans[field * STRIDE], spans[field * STRIDE + 1], lowerCase);
  }

  /** The first field of that kind, or -1. */
  int find(Kind kind) {
    for (int i = 0; i < count; i++) {
      if (kinds[i] == kind) {
        return i;
      }
    }
    return -1;
  }

  /** The last field of that kind, or -1. */
  int findLast(Kind kind) {
    for (int i = count - 1; i >= 0; i--) {
      if (kinds[i] == kind) {
        return i;
      }
    }
    return -1;
  }

  /** Case counts. */
  boolean startsWith(String text) {
    return length >= text.length() && matches(0, text);
  }

  boolean methodIs(String method) {
    return firstEnd == method.length() && matches(0, method);
  }

  private boolean matches(int from, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (bytes[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** HTTP/1.1 or later. */
  boolean isPersistentByDefault() {
    int end = isResponse() ? firstEnd : thirdEnd;
    return bytes[end - 1] >= '1';
  }

  private boolean isResponse() {
    return firstEnd >= 5 && bytes[4] == '/';
  }

  @Override
  public String method() {
    return text(0, firstEnd);
  }

  @Override
  public String target() {
    return text(secondStart, secondEnd);
  }

  @Override
  public String version() {
    return isResponse() ? text(0, firstEnd) : text(thirdStart, thirdEnd);
  }

  @Override
  public int status() {
    return (bytes[secondStart] - '0') * 100
        + (bytes[secondStart + 1] - '0') * 10
        + (bytes[secondStart + 2] - '0');
  }

  @Override
  public List<String> values(String name) {
    List<String> values = List.of();
    for (int i = 0; i < count; i++) {
      int start = spans[i * STRIDE];
      int end = spans[i * STRIDE + 1];
      if (end - start == name.length() && text(start, end).equalsIgnoreCase(name)) {
        values = values.isEmpty() ? new ArrayList<>(1) : values;
        values.add(value(i));
      }
    }
    return values;
  }

  @Override
  public Headers headers() {
    List<Headers.Field> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      fields.add(new Headers.Field(name(i), value(i)));
    }
    return Headers.of(fields);
  }

  String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private Kind kindOf(int from, int to) {
    for (Kind kind : Kind.NAMED) {
      if (kind.lowerCase.length() == to - from && equalsIgnoreCase(from, to, kind.lowerCase)) {
        return kind;
      }
    }
    return Kind.ANY;
  }

  private boolean equalsIgnoreCase(int from, int to, String lowerCase) {
    if (to - from != lowerCase.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      int c = bytes[i];
      if (c >= 'A' && c <= 'Z') {
        c += 'a' - 'A';
      }
      if (c != lowerCase.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }
}
