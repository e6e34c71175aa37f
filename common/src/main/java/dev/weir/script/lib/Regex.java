package dev.weir.script.lib;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;

/**
 * RE2 expressions over Lua strings: linear in the length of the text, and each character counts
 * against the budget. Text that is UTF-8 is matched by characters, any other by bytes.
 */
public final class Regex {
  private static final int LONGEST_PATTERN = 2048;
  private static final int LARGEST_PROGRAM = 20_000;
  private static final int CACHED = 256;
  private static final int INSTRUCTIONS_PER_STEP = 16;
  private static final java.util.regex.Pattern COUNT =
      java.util.regex.Pattern.compile("\\{(\\d{1,4})(?:,(\\d{0,4}))?}");

  private static final Map<String, Pattern> CACHE = new LinkedHashMap<>(CACHED, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Pattern> eldest) {
      return size() > CACHED;
    }
  };

  private Regex() {}

  /** One string made ready for matching, and the way back from characters to bytes. */
  public static final class Subject {
    private final String text;
    private final boolean oneByteEach;
    private int steps = 1;

    private Subject(String text, boolean oneByteEach) {
      this.text = text;
      this.oneByteEach = oneByteEach;
    }

    public static Subject of(LuaString subject) {
      Budget.current().allocate(subject.m_length * 2L);
      Budget.current().charge(subject.m_length >> 5);
      byte[] bytes = subject.m_bytes;
      boolean ascii = true;
      for (int i = 0; i < subject.m_length && ascii; i++) {
        ascii = bytes[subject.m_offset + i] >= 0;
      }
      if (!ascii) {
        try {
          return new Subject(
              UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(bytes, subject.m_offset, subject.m_length))
                  .toString(),
              false);
        } catch (CharacterCodingException e) {
          // binary: by bytes
        }
      }
      return new Subject(Text.wire(subject), true);
    }

    public Matcher matcher(Pattern pattern) {
      steps = 1 + pattern.programSize() / INSTRUCTIONS_PER_STEP;
      return pattern.matcher(new Counted(text, steps));
    }

    public LuaString piece(int from, int end) {
      String piece = text.substring(from, end);
      return oneByteEach ? Text.ofWire(piece) : Text.ofUtf8(piece);
    }

    /** How many bytes stand before that character. */
    public int bytesBefore(int character) {
      return oneByteEach ? character : text.substring(0, character).getBytes(UTF_8).length;
    }

    /** The character at that byte, or the next one to begin. */
    public int characterAt(int offset) {
      if (oneByteEach) {
        return Math.min(offset, text.length());
      }
      int bytes = 0;
      int at = 0;
      while (at < text.length() && bytes < offset) {
        int point = text.codePointAt(at);
        bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        at += Character.charCount(point);
      }
      return at;
    }

    public int length() {
      return text.length();
    }
  }

  /** The text as the matcher reads it: each character read is charged. */
  private record Counted(String text, int steps) implements CharSequence {
    @Override
    public char charAt(int index) {
      Budget.current().charge(steps);
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int from, int end) {
      return text.substring(from, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  public static Pattern compile(LuaString pattern) {
    String text = Text.utf8(pattern);
    synchronized (CACHE) {
      Pattern cached = CACHE.get(text);
      if (cached != null) {
        return cached;
      }
    }
    refuseHuge(text);
    Pattern compiled;
    try {
      Budget.current().charge(50L * text.length());
      compiled = Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new LuaError("malformed expression: " + e.getMessage());
    }
    synchronized (CACHE) {
      CACHE.put(text, compiled);
    }
    return compiled;
  }

  /**
   * Counted repetitions are written out in the program: {@code (x{1000}){1000}} would fill memory.
   */
  private static void refuseHuge(String text) {
    if (text.length() > LONGEST_PATTERN) {
      throw new LuaError(
          "expression too long: " + text.length() + " characters, at most " + LONGEST_PATTERN);
    }
    long size = text.length();
    java.util.regex.Matcher counts = COUNT.matcher(text);
    while (counts.find()) {
      String most =
          counts.group(2) == null || counts.group(2).isEmpty() ? counts.group(1) : counts.group(2);
      size *= Math.max(1, Long.parseLong(most));
      if (size > LARGEST_PROGRAM) {
        throw new LuaError("expression too large: its repetitions multiply to more than "
            + LARGEST_PROGRAM + " steps");
      }
    }
  }
}
