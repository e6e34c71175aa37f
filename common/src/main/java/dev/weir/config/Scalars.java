package dev.weir.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns one value's text into an object: text, whole numbers, numbers, {@code true} and
 * {@code false}, words of an enum in kebab-case, durations, instants, paths, and every type with a
 * static {@code parse(String)} or a constructor from one String.
 */
final class Scalars {
  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d{0,17})");
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,9})?");

  private Scalars() {}

  /** Whether {@code type} is written as one value. */
  static boolean isScalar(Class<?> type) {
    return type.isPrimitive()
        || type.isEnum()
        || type == String.class
        || type == Duration.class
        || type == Instant.class
        || type == Path.class
        || maker(type) != null;
  }

  /**
   * @param resolve what a path is relative to
   * @throws IllegalArgumentException if the text is not of that type; the message says what is
   */
  static Object parse(Class<?> type, String text, Function<String, Path> resolve) {
    if (type == String.class) {
      return text;
    }
    if (type == boolean.class) {
      return parseBoolean(text);
    }
    if (type == int.class || type == long.class) {
      return parseWhole(type, text);
    }
    if (type == double.class) {
      if (!NUMBER.matcher(text).matches()) {
        throw new IllegalArgumentException(quoted(text) + " is not a number");
      }
      return Double.valueOf(text);
    }
    if (type == Duration.class) {
      return Durations.parse(text);
    }
    if (type == Instant.class) {
      return parseInstant(text);
    }
    if (type == Path.class) {
      return parsePath(text, resolve);
    }
    if (type.isEnum()) {
      return parseWord(type, text);
    }
    return make(type, text);
  }

  /** A truth or a number where it is written as one, else the text. */
  static Object guess(String text) {
    if (text.equals("true") || text.equals("false")) {
      return parseBoolean(text);
    }
    if (WHOLE.matcher(text).matches()) {
      return Long.valueOf(text);
    }
    return NUMBER.matcher(text).matches() ? Double.valueOf(text) : text;
  }

  private static boolean parseBoolean(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException(quoted(text) + " is not true or false");
  }

  private static Object parseWhole(Class<?> type, String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(quoted(text) + " is not a whole number");
    }
    long value = Long.parseLong(text);
    if (type == long.class) {
      return value;
    }
    if (value != (int) value) {
      throw new IllegalArgumentException(text + " is more than " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  /** A day stands for its beginning in UTC. */
  private static Instant parseInstant(String text) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          quoted(text) + " is no time: write 2027-01-31, or 2027-01-31T12:00:00Z", e);
    }
  }

  private static Path parsePath(String text, Function<String, Path> resolve) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a path cannot be empty");
    }
    try {
      return resolve.apply(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(quoted(text) + " is not a path: " + e.getReason(), e);
    }
  }

  private static Object parseWord(Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      if (word((Enum<?>) constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        quoted(text) + " is not known here" + Spelling.hint(text, words(type)));
  }

  /** The words of an enum, as they are written. */
  static List<String> words(Class<?> type) {
    List<String> words = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      words.add(word((Enum<?>) constant));
    }
    return words;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Object make(Class<?> type, String text) {
    try {
      Object maker = maker(type);
      if (maker instanceof Method parse) {
        return parse.invoke(null, text);
      }
      if (maker instanceof Constructor<?> constructor) {
        return constructor.newInstance(text);
      }
      throw new IllegalStateException(type + " cannot be made from text");
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException("making a " + type + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made from text", e);
    }
  }

  private static @Nullable Object maker(Class<?> type) {
    try {
      return type.getMethod("parse", String.class);
    } catch (NoSuchMethodException e) {
      try {
        return type.getConstructor(String.class);
      } catch (NoSuchMethodException none) {
        return null;
      }
    }
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
