package dev.weir.script.lib;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Numbers;
import dev.weir.script.engine.Text;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code string.format}: C's conversions, with widths of two digits at most. */
final class LuaFormat {
  private static final Pattern CONVERSION =
      Pattern.compile("%([-+ #0]{0,5})(\\d{0,2})(?:\\.(\\d{0,2}))?([a-zA-Z%])");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Budget budget = Budget.current();
  private int argument = 1;

  static LuaString format(Varargs args) {
    return new LuaFormat().run(args);
  }

  private LuaString run(Varargs args) {
    String format = Text.wire(args.checkstring(1));
    budget.allocate(format.length());
    Matcher conversion = CONVERSION.matcher(format);
    int at = 0;
    for (int next = format.indexOf('%'); next >= 0; next = format.indexOf('%', at)) {
      put(format.substring(at, next));
      if (!conversion.find(next) || conversion.start() != next) {
        throw new LuaError("invalid conversion in the format");
      }
      at = conversion.end();
      if (conversion.group(4).equals("%")) {
        out.write('%');
      } else {
        convert(conversion, args);
      }
    }
    put(format.substring(at));
    return Text.ofBytes(out.toByteArray());
  }

  private void convert(Matcher conversion, Varargs args) {
    String flags = conversion.group(1);
    String width = conversion.group(2);
    String precision = conversion.group(3);
    char kind = conversion.group(4).charAt(0);
    LuaValue value = args.checkvalue(++argument);
    switch (kind) {
      case 'c' -> pad(Character.toString(value.checkint() & 0xff), flags, width);
      case 'd', 'i' -> whole(whole(value), "d", flags, width, precision);
      case 'u' -> pad(precise(Long.toUnsignedString(whole(value)), precision), flags, width);
      case 'o' -> whole(whole(value), "o", flags.replace(" ", ""), width, precision);
      case 'x', 'X' ->
        whole(whole(value), Character.toString(kind), flags.replace(" ", ""), width, precision);
      case 'e', 'E', 'f', 'F' -> decimal(value.checkdouble(), kind, flags, width, precision);
      case 'g', 'G' -> shortest(value.checkdouble(), kind, flags, width, precision);
      case 'q' -> quote(value.checkstring());
      case 's' -> {
        String text = Text.wire(StringLibrary.text(value));
        int length = precision == null || precision.isEmpty()
            ? (precision == null ? text.length() : 0)
            : Math.min(text.length(), Integer.parseInt(precision));
        pad(text.substring(0, length), flags, width);
      }
      default -> throw new LuaError("invalid conversion '%" + kind + "' in the format");
    }
  }

  private static long whole(LuaValue value) {
    double number = value.checkdouble();
    if (number != Math.rint(number) || Math.abs(number) > 0x1p63) {
      throw new LuaError("number has no integer representation");
    }
    return (long) number;
  }

  private void whole(long value, String kind, String flags, String width, String precision) {
    if (precision != null) {
      String digits = precise(Long.toString(Math.abs(value)), precision);
      String sign = value < 0 ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
      pad(
          sign + (kind.equals("d") ? digits : precise(unsigned(value, kind), precision)),
          flags.replace("0", ""),
          width);
      return;
    }
    String digits = kind.equals("d") ? Long.toString(value) : unsigned(value, kind);
    if (kind.equals("d") && value >= 0) {
      digits = (flags.contains("+") ? "+" : flags.contains(" ") ? " " : "") + digits;
    }
    if (!kind.equals("d") && flags.contains("#") && value != 0) {
      digits = (kind.equals("o") ? "0" : "0" + kind) + digits;
    }
    pad(digits, flags, width);
  }

  private static String unsigned(long value, String kind) {
    String digits = kind.equals("o") ? Long.toOctalString(value) : Long.toHexString(value);
    return kind.equals("X") ? digits.toUpperCase(Locale.ROOT) : digits;
  }

  private static String precise(String digits, String precision) {
    int least = precision == null || precision.isEmpty() ? 0 : Integer.parseInt(precision);
    return "0".repeat(Math.max(0, least - digits.length())) + digits;
  }

  private void decimal(double value, char kind, String flags, String width, String precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      pad(Text.wire(Numbers.format(value)), flags.replace("0", ""), width);
      return;
    }
    String digits = precision == null ? "6" : precision.isEmpty() ? "0" : precision;
    String sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    pad(
        String.format(Locale.ROOT, "%" + sign + "." + digits + (kind == 'F' ? 'f' : kind), value),
        flags,
        width);
  }

  private void shortest(double value, char kind, String flags, String width, String precision) {
    int digits = precision == null ? 6 : precision.isEmpty() ? 1 : Integer.parseInt(precision);
    String sign = value >= 0 && flags.contains("+") ? "+" : "";
    String text = sign + Numbers.general(value, Math.max(1, digits));
    pad(kind == 'G' ? text.toUpperCase(Locale.ROOT) : text, flags, width);
  }

  private void quote(LuaString text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.m_length; i++) {
      int c = text.luaByte(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\\n");
        case '\r' -> quoted.append("\\r");
        case 0 ->
          quoted.append(
              i + 1 < text.m_length && Character.isDigit(text.luaByte(i + 1)) ? "\\000" : "\\0");
        default -> quoted.append((char) c);
      }
    }
    put(quoted.append('"').toString());
  }

  private void pad(String text, String flags, String width) {
    int missing = (width.isEmpty() ? 0 : Integer.parseInt(width)) - text.length();
    if (missing <= 0) {
      put(text);
    } else if (flags.contains("-")) {
      put(text + " ".repeat(missing));
    } else if (flags.contains("0")) {
      int sign = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
      put(text.substring(0, sign) + "0".repeat(missing) + text.substring(sign));
    } else {
      put(" ".repeat(missing) + text);
    }
  }

  private void put(String text) {
    budget.allocate(text.length());
    budget.charge(text.length() >> 6);
    out.writeBytes(text.getBytes(ISO_8859_1));
  }
}
