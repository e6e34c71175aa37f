package dev.weir.script.lib;

import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code time}, and of {@code os} what tells the time. Times are seconds since 1970, UTC. */
public final class TimeLibrary {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d)");
  private static final int LONGEST_FORMAT = 100;

  private TimeLibrary() {}

  public static Library time(InstantSource clock) {
    return Library.named("time")
        .function("now", args -> now(clock))
        .function(
            "iso",
            args -> LuaString.valueOf(
                instant(args.isnil(1) ? now(clock) : args.checknumber(1)).toString()))
        .function("parse", TimeLibrary::parse)
        .function("format", TimeLibrary::format)
        .function("seconds", args -> LuaValue.valueOf(duration(args.arg1()).toNanos() / 1e9))
        .seal();
  }

  public static Library os(InstantSource clock) {
    return Library.standard("os")
        .function(
            "time",
            args -> args.isnil(1)
                ? LuaValue.valueOf((double) clock.instant().getEpochSecond())
                : LuaValue.valueOf((double) fields(args.checktable(1)).toEpochSecond()))
        .function("clock", args -> LuaValue.valueOf(System.nanoTime() / 1e9))
        .function(
            "date",
            args -> date(
                Text.word(args.optstring(1, LuaString.valueOf("%c"))),
                (args.isnil(2) ? clock.instant() : instant(args.checknumber(2)))
                    .atZone(ZoneOffset.UTC)))
        .seal();
  }

  private static LuaValue now(InstantSource clock) {
    Instant now = clock.instant();
    return LuaValue.valueOf(now.getEpochSecond() + now.getNano() / 1e9);
  }

  private static Instant instant(LuaValue seconds) {
    double value = seconds.checkdouble();
    try {
      long whole = (long) Math.floor(value);
      return Instant.ofEpochSecond(whole, Math.round((value - whole) * 1e6) * 1000);
    } catch (DateTimeException e) {
      throw new LuaError("bad argument: not a time: " + value);
    }
  }

  /** A number is seconds, a string has a unit: {@code "30s"}, {@code "1.5h"}. */
  public static Duration duration(LuaValue value) {
    if (value.type() == LuaValue.TNUMBER) {
      double seconds = value.todouble();
      if (Double.isNaN(seconds) || Math.abs(seconds) > 1e9) {
        throw new LuaError("not a duration: " + seconds + " seconds");
      }
      return Duration.ofNanos((long) (seconds * 1e9));
    }
    Matcher parts = DURATION.matcher(Text.word(value));
    if (!parts.matches() || parts.group(1).length() > 12) {
      throw new LuaError(
          "\"" + Text.shown(value)
              + "\" is not a duration: write a number and a unit, such as \"30s\" (units: ms, s, m, h, d)");
    }
    double unit = switch (parts.group(2)) {
      case "ms" -> 0.001;
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3600;
      default -> 86_400;
    };
    return Duration.ofNanos((long) (Double.parseDouble(parts.group(1)) * unit * 1e9));
  }

  /**
   * ISO 8601 without a pattern, else a pattern of java.time, such as {@code "dd/MMM/yyyy:HH:mm:ss
   * Z"}.
   */
  private static Varargs parse(Varargs args) {
    LuaString text = args.checkstring(1);
    try {
      TemporalAccessor parsed = args.isnil(2)
          ? DateTimeFormatter.ISO_DATE_TIME.parse(Text.utf8(text))
          : formatter(args).parse(Text.utf8(text));
      Instant instant = parsed.query(TemporalQueries.offset()) == null
              && parsed.query(TemporalQueries.zone()) == null
          ? LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC)
          : parsed.query(TemporalQueries.offset()) == null
              ? ZonedDateTime.from(parsed).toInstant()
              : OffsetDateTime.from(parsed).toInstant();
      return LuaValue.valueOf(instant.getEpochSecond() + instant.getNano() / 1e9);
    } catch (DateTimeException e) {
      return LuaValue.varargsOf(LuaValue.NIL, LuaString.valueOf("not a time of that form"));
    }
  }

  private static LuaValue format(Varargs args) {
    try {
      return Text.ofUtf8(
          formatter(args).format(instant(args.checknumber(1)).atOffset(ZoneOffset.UTC)));
    } catch (DateTimeException e) {
      throw new LuaError("bad argument #2: " + e.getMessage());
    }
  }

  private static DateTimeFormatter formatter(Varargs args) {
    String pattern = Text.word(args.arg(2));
    if (pattern.length() > LONGEST_FORMAT) {
      throw new LuaError("bad argument #2: a pattern of at most " + LONGEST_FORMAT + " characters");
    }
    try {
      return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new LuaError("bad argument #2: " + e.getMessage());
    }
  }

  private static ZonedDateTime fields(LuaTable table) {
    try {
      return LocalDateTime.of(table.get("year").checkint(), 1, 1, 0, 0)
          .plusMonths(table.get("month").checkint() - 1L)
          .plusDays(table.get("day").checkint() - 1L)
          .plusHours(table.get("hour").optint(12))
          .plusMinutes(table.get("min").optint(0))
          .plusSeconds(table.get("sec").optint(0))
          .atZone(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new LuaError("bad argument #1: " + e.getMessage());
    }
  }

  private static LuaValue date(String given, ZonedDateTime time) {
    String format = given.startsWith("!") ? given.substring(1) : given;
    if (format.startsWith("*t")) {
      LuaTable table = new LuaTable();
      table.set("year", time.getYear());
      table.set("month", time.getMonthValue());
      table.set("day", time.getDayOfMonth());
      table.set("hour", time.getHour());
      table.set("min", time.getMinute());
      table.set("sec", time.getSecond());
      table.set("wday", time.getDayOfWeek().getValue() % 7 + 1);
      table.set("yday", time.getDayOfYear());
      table.set("isdst", LuaValue.FALSE);
      return table;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length() && i < LONGEST_FORMAT; i++) {
      char c = format.charAt(i);
      out.append(c == '%' && i + 1 < format.length() ? part(format.charAt(++i), time) : c);
    }
    return Text.ofUtf8(out.toString());
  }

  private static String part(char kind, ZonedDateTime time) {
    String pattern = switch (kind) {
      case 'a' -> "EEE";
      case 'A' -> "EEEE";
      case 'b' -> "MMM";
      case 'B' -> "MMMM";
      case 'c' -> "EEE MMM d HH:mm:ss yyyy";
      case 'd' -> "dd";
      case 'D', 'x' -> "MM/dd/yy";
      case 'F' -> "yyyy-MM-dd";
      case 'H' -> "HH";
      case 'I' -> "hh";
      case 'j' -> "DDD";
      case 'm' -> "MM";
      case 'M' -> "mm";
      case 'p' -> "a";
      case 'S' -> "ss";
      case 'T', 'X' -> "HH:mm:ss";
      case 'y' -> "yy";
      case 'Y' -> "yyyy";
      case 'z' -> "xx";
      case 'Z' -> "'UTC'";
      case '%' -> "%";
      default -> throw new LuaError("bad argument #1: invalid conversion %" + kind);
    };
    return time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
