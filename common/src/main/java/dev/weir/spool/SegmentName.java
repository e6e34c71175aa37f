package dev.weir.spool;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a segment's file: {@code seg-}, its first position in 20 digits, {@code .db}. */
final class SegmentName {
  private static final Pattern FORM = Pattern.compile("seg-(\\d{20})\\.db");

  private SegmentName() {}

  static String of(long first) {
    return String.format(Locale.ROOT, "seg-%020d.db", first);
  }

  /** The first position, or 0 if the file is not named as a segment. */
  static long first(Path file) {
    Matcher name = FORM.matcher(file.getFileName().toString());
    try {
      return name.matches() ? Long.parseLong(name.group(1)) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
