package dev.weir.config;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills in {@code ${V}}, {@code ${V:-default}}, {@code ${V:?message}} and {@code ${file:PATH}};
 * {@code $$} is a dollar sign, and so is any other {@code $}.
 */
final class Variables {
  private static final Pattern FORM = Pattern.compile("\\$(?:\\$|\\{([^}]*)(}?))");
  private static final Pattern NAME =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::([-?])(.*))?", Pattern.DOTALL);
  private static final String FILE = "file:";

  private final Surroundings surroundings;

  Variables(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * @param text after filling in
   * @param fromFile whether some of it came out of a file, so that it must not be shown
   */
  record Filled(String text, boolean fromFile) {}

  /** @throws IllegalArgumentException if a variable or file is missing; the message says which */
  Filled fill(String text, Function<String, Path> resolve) {
    if (text.indexOf('$') < 0) {
      return new Filled(text, false);
    }
    Matcher found = FORM.matcher(text);
    StringBuilder filled = new StringBuilder();
    boolean fromFile = false;
    while (found.find()) {
      String inner = found.group(1);
      String value;
      if (inner == null) {
        value = "$";
      } else if (found.group(2).isEmpty()) {
        throw new IllegalArgumentException("${ without its }; write $${ for the text \"${\"");
      } else if (inner.startsWith(FILE)) {
        value = read(resolve.apply(inner.substring(FILE.length())));
        fromFile = true;
      } else {
        value = variable(inner);
      }
      found.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return new Filled(found.appendTail(filled).toString(), fromFile);
  }

  private String variable(String inner) {
    Matcher parts = NAME.matcher(inner);
    if (!parts.matches()) {
      throw new IllegalArgumentException("\"${" + inner
          + "}\" is not understood: write ${NAME}, ${NAME:-default}, ${NAME:?message} or"
          + " ${file:PATH}");
    }
    String name = parts.group(1);
    String value = surroundings.variable(name);
    String operator = parts.group(2);
    if (value != null && !(value.isEmpty() && operator != null)) {
      return value;
    }
    if ("-".equals(operator)) {
      return parts.group(3);
    }
    if ("?".equals(operator) && !parts.group(3).isBlank()) {
      throw new IllegalArgumentException(
          "environment variable " + name + " is not set: " + parts.group(3).strip());
    }
    throw new IllegalArgumentException(
        "environment variable " + name + " is not set: set it, or write ${" + name + ":-default}");
  }

  /** The file's text without its last newline. */
  private String read(Path file) {
    try {
      return surroundings.secret(file).replaceFirst("\\r?\\n\\z", "");
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is no file " + file, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
