package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Text;
import java.util.Arrays;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * A matcher of Lua's patterns (Lua 5.2 manual, section 6.4.1) over one string, by backtracking as
 * in the reference implementation, except that every step counts against the budget.
 */
final class LuaPattern {
  private static final int MAX_CAPTURES = 32;
  private static final int MAX_DEPTH = 200;
  private static final int STEPS_PER_CHARGE = 64;
  private static final int UNCLOSED = -1;
  private static final int POSITION = -2;
  private static final int NO_MATCH = -1;
  private static final byte ESCAPE = '%';

  private final Budget budget = Budget.current();
  private final byte[] subject;
  private final byte[] pattern;
  private final int[] starts = new int[MAX_CAPTURES];
  private final int[] lengths = new int[MAX_CAPTURES];
  private int level;
  private int depth;
  private int steps;

  LuaPattern(byte[] subject, byte[] pattern) {
    this.subject = subject;
    this.pattern = pattern;
  }

  /** The end of the match at {@code from} of the pattern after {@code skip}, or -1. */
  int matchAt(int from, int skip) {
    level = 0;
    depth = 0;
    return match(from, skip);
  }

  /** All captures of the last match; the whole of it where the pattern has none. */
  Varargs captures(int from, int end, boolean wholeIfNone) {
    int count = level == 0 && wholeIfNone ? 1 : level;
    LuaValue[] values = new LuaValue[count];
    for (int i = 0; i < count; i++) {
      values[i] = capture(i, from, end);
    }
    return LuaValue.varargsOf(values);
  }

  LuaValue capture(int index, int from, int end) {
    if (index >= level) {
      if (index != 0) {
        throw new LuaError("invalid capture index %" + (index + 1));
      }
      return piece(from, end);
    }
    if (lengths[index] == POSITION) {
      return LuaValue.valueOf(starts[index] + 1);
    }
    if (lengths[index] == UNCLOSED) {
      throw new LuaError("unfinished capture");
    }
    return piece(starts[index], starts[index] + lengths[index]);
  }

  LuaString piece(int from, int end) {
    budget.allocate(end - (long) from);
    return Text.ofBytes(Arrays.copyOfRange(subject, from, end));
  }

  private void step() {
    if (++steps == STEPS_PER_CHARGE) {
      steps = 0;
      budget.charge(STEPS_PER_CHARGE);
    }
  }

  private int match(int s, int p) {
    if (++depth > MAX_DEPTH) {
      throw new LuaError("pattern too complex");
    }
    try {
      return matchHere(s, p);
    } finally {
      depth--;
    }
  }

  private int matchHere(int from, int at) {
    int s = from;
    int p = at;
    while (true) {
      step();
      if (p == pattern.length) {
        return s;
      }
      byte first = pattern[p];
      if (first == '(') {
        boolean position = p + 1 < pattern.length && pattern[p + 1] == ')';
        return position ? open(s, p + 2, POSITION) : open(s, p + 1, UNCLOSED);
      }
      if (first == ')') {
        return close(s, p + 1);
      }
      if (first == '$' && p + 1 == pattern.length) {
        return s == subject.length ? s : NO_MATCH;
      }
      byte kind = first == ESCAPE && p + 1 < pattern.length ? pattern[p + 1] : 0;
      if (kind == 'f') {
        if (!frontier(s, p + 2)) {
          return NO_MATCH;
        }
        p = classEnd(p + 2);
        continue;
      }
      if (kind == 'b' || isDigit(kind)) {
        s = kind == 'b' ? balance(s, p + 2) : back(s, kind);
        if (s == NO_MATCH) {
          return NO_MATCH;
        }
        p += kind == 'b' ? 4 : 2;
        continue;
      }
      int end = classEnd(p);
      byte suffix = end < pattern.length ? pattern[end] : 0;
      if (suffix == '?') {
        if (single(s, p, end)) {
          int result = match(s + 1, end + 1);
          if (result != NO_MATCH) {
            return result;
          }
        }
        p = end + 1;
      } else if (suffix == '*') {
        return longest(s, p, end);
      } else if (suffix == '+') {
        return single(s, p, end) ? longest(s + 1, p, end) : NO_MATCH;
      } else if (suffix == '-') {
        return shortest(s, p, end);
      } else if (single(s, p, end)) {
        s++;
        p = end;
      } else {
        return NO_MATCH;
      }
    }
  }

  private int longest(int s, int p, int end) {
    int count = 0;
    while (single(s + count, p, end)) {
      count++;
      step();
    }
    for (; count >= 0; count--) {
      int result = match(s + count, end + 1);
      if (result != NO_MATCH) {
        return result;
      }
    }
    return NO_MATCH;
  }

  private int shortest(int from, int p, int end) {
    for (int s = from; ; s++) {
      int result = match(s, end + 1);
      if (result != NO_MATCH) {
        return result;
      }
      if (!single(s, p, end)) {
        return NO_MATCH;
      }
    }
  }

  private int open(int s, int p, int kind) {
    if (level == MAX_CAPTURES) {
      throw new LuaError("too many captures");
    }
    starts[level] = s;
    lengths[level] = kind;
    level++;
    int result = match(s, p);
    if (result == NO_MATCH) {
      level--;
    }
    return result;
  }

  private int close(int s, int p) {
    int index = level - 1;
    while (index >= 0 && lengths[index] != UNCLOSED) {
      index--;
    }
    if (index < 0) {
      throw new LuaError("invalid pattern capture");
    }
    lengths[index] = s - starts[index];
    int result = match(s, p);
    if (result == NO_MATCH) {
      lengths[index] = UNCLOSED;
    }
    return result;
  }

  private int balance(int s, int p) {
    if (p + 1 >= pattern.length) {
      throw new LuaError("missing arguments of a balanced match");
    }
    if (s >= subject.length || subject[s] != pattern[p]) {
      return NO_MATCH;
    }
    int open = 1;
    for (int i = s + 1; i < subject.length; i++) {
      step();
      if (subject[i] == pattern[p + 1]) {
        if (--open == 0) {
          return i + 1;
        }
      } else if (subject[i] == pattern[p]) {
        open++;
      }
    }
    return NO_MATCH;
  }

  private boolean frontier(int s, int p) {
    if (p >= pattern.length || pattern[p] != '[') {
      throw new LuaError("missing set of a frontier in the pattern");
    }
    int end = classEnd(p);
    int before = s == 0 ? 0 : subject[s - 1] & 0xff;
    int here = s < subject.length ? subject[s] & 0xff : 0;
    return !inSet(before, p, end - 1) && inSet(here, p, end - 1);
  }

  private int back(int s, byte digit) {
    int index = digit - '1';
    if (index < 0 || index >= level || lengths[index] == UNCLOSED) {
      throw new LuaError("invalid capture index %" + (index + 1));
    }
    int length = Math.max(0, lengths[index]);
    budget.charge(length >> 4);
    return subject.length - s >= length
            && Arrays.equals(subject, starts[index], starts[index] + length, subject, s, s + length)
        ? s + length
        : NO_MATCH;
  }

  private int classEnd(int from) {
    int p = from;
    byte first = pattern[p++];
    if (first == ESCAPE) {
      if (p == pattern.length) {
        throw new LuaError("malformed pattern (ends with '%')");
      }
      return p + 1;
    }
    if (first == '[') {
      if (p < pattern.length && pattern[p] == '^') {
        p++;
      }
      do {
        if (p == pattern.length) {
          throw new LuaError("malformed pattern (missing ']')");
        }
        if (pattern[p++] == ESCAPE && p < pattern.length) {
          p++;
        }
      } while (p == pattern.length || pattern[p] != ']');
      return p + 1;
    }
    return p;
  }

  private boolean single(int s, int p, int end) {
    if (s >= subject.length) {
      return false;
    }
    int c = subject[s] & 0xff;
    return switch (pattern[p]) {
      case '.' -> true;
      case ESCAPE -> inClass(c, pattern[p + 1]);
      case '[' -> inSet(c, p, end - 1);
      default -> (pattern[p] & 0xff) == c;
    };
  }

  private boolean inSet(int c, int from, int end) {
    int p = from + 1;
    boolean wanted = true;
    if (pattern[p] == '^') {
      wanted = false;
      p++;
    }
    for (; p < end; p++) {
      if (pattern[p] == ESCAPE) {
        p++;
        if (inClass(c, pattern[p])) {
          return wanted;
        }
      } else if (p + 2 < end && pattern[p + 1] == '-') {
        if ((pattern[p] & 0xff) <= c && c <= (pattern[p + 2] & 0xff)) {
          return wanted;
        }
        p += 2;
      } else if ((pattern[p] & 0xff) == c) {
        return wanted;
      }
    }
    return !wanted;
  }

  private static boolean inClass(int c, byte kind) {
    boolean in;
    switch (kind | 0x20) {
      case 'a' -> in = isLetter(c);
      case 'c' -> in = c < 32 || c == 127;
      case 'd' -> in = isDigit(c);
      case 'g' -> in = c > 32 && c < 127;
      case 'l' -> in = c >= 'a' && c <= 'z';
      case 'p' -> in = c > 32 && c < 127 && !isLetter(c) && !isDigit(c);
      case 's' -> in = c == ' ' || (c >= 9 && c <= 13);
      case 'u' -> in = c >= 'A' && c <= 'Z';
      case 'w' -> in = isLetter(c) || isDigit(c);
      case 'x' -> in = isDigit(c) || (isLetter(c) && (c | 0x20) <= 'f');
      default -> {
        return (kind & 0xff) == c;
      }
    }
    boolean letter = isLetter(kind & 0xff);
    if (!letter) {
      return (kind & 0xff) == c;
    }
    return in != (kind >= 'A' && kind <= 'Z');
  }

  private static boolean isLetter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
