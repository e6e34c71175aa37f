package dev.weir.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file as it was written, to point into. Remembers where secrets stand, so that no
 * message repeats them.
 */
final class SourceText {
  private static final int LONGEST_SHOWN = 160;
  private static final String HIDDEN = "***";

  /** Hides what looks like a secret where the file could not be read far enough to know. */
  private static final Pattern SUSPECT = Pattern.compile(
      "(?i)(?<![a-z])(token|secret|sha256|passw(or)?d|passphrase|authorization|credentials?|api.?key)(?![a-z])");

  private static final Pattern PASSWORD = Pattern.compile("://[^/\\s]*@");

  private record Hidden(int line, int column, int endLine, int endColumn) {}

  private final String name;
  private final @Nullable Path folder;
  private final List<String> lines;
  private final List<Hidden> hidden = new ArrayList<>();

  /**
   * @param name as the person named it, for messages
   * @param folder what relative paths in it are relative to; null: the working directory
   */
  SourceText(String name, @Nullable Path folder, String text) {
    this.name = name;
    this.folder = folder;
    this.lines = text.lines().toList();
  }

  String name() {
    return name;
  }

  Path resolve(String path) {
    return folder == null ? Path.of(path) : folder.resolve(path);
  }

  /** Whether a key of this name is likely to have a secret, or one by mistake, for its value. */
  static boolean suspects(String key) {
    return SUSPECT.matcher(key).find();
  }

  /** Whether it is a URL with a password in it. */
  static boolean holdsPassword(Tree tree) {
    return tree instanceof Tree.Scalar scalar && PASSWORD.matcher(scalar.text()).find();
  }

  /** Never shows what stands from {@code start} to before {@code end}; both counted from 0. */
  void hide(Place place) {
    hidden.add(new Hidden(place.line(), place.column(), place.endLine(), place.endColumn()));
  }

  /** The line with the place's beginning and a caret under it; empty where there is none. */
  String excerpt(Place place) {
    if (place.line() < 0 || place.line() >= lines.size()) {
      return "";
    }
    String line = lines.get(place.line());
    int column = Math.min(place.column(), line.length());
    StringBuilder before = new StringBuilder(shown(place.line(), 0, column));
    StringBuilder after = new StringBuilder(shown(place.line(), column, line.length()));
    if (before.length() > LONGEST_SHOWN / 2) {
      before.replace(0, before.length() - LONGEST_SHOWN / 2, "…");
    }
    if (after.length() > LONGEST_SHOWN) {
      after.replace(LONGEST_SHOWN, after.length(), "…");
    }
    String number = Integer.toString(place.line() + 1);
    return "  " + number + " | " + before + after + "\n  " + " ".repeat(number.length()) + " | "
        + " ".repeat(before.length()) + "^";
  }

  private String shown(int line, int from, int to) {
    String text = lines.get(line);
    StringBuilder shown = new StringBuilder();
    int at = from;
    while (at < to) {
      int end = endOfHidden(line, at);
      if (end > at) {
        shown.append(HIDDEN);
        at = Math.max(at, end);
      } else {
        char c = text.charAt(at++);
        shown.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    return shown.toString();
  }

  private int endOfHidden(int line, int column) {
    int end = column;
    for (Hidden h : hidden) {
      boolean begun = h.line < line || (h.line == line && h.column <= column);
      boolean over = h.endLine < line || (h.endLine == line && h.endColumn <= column);
      if (begun && !over) {
        end = Math.max(end, h.endLine > line ? Integer.MAX_VALUE : h.endColumn);
      }
    }
    return end;
  }

  /** Hides the rest of every line after a suspicious key: for a file that could not be read. */
  void hideSuspects() {
    for (int i = 0; i < lines.size(); i++) {
      var found = SUSPECT.matcher(lines.get(i));
      int colon = found.find() ? lines.get(i).indexOf(':', found.end()) : -1;
      if (colon >= 0) {
        hidden.add(new Hidden(i, colon + 2, i, Integer.MAX_VALUE));
      }
    }
  }
}
