package dev.weir.script.view;

import com.google.re2j.Pattern;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.Regex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/**
 * A choice of cookies by name: exact, or by an expression after a tilde ({@code "~^sess_"}).
 * Scripts pass the same table again and again, and browsers send the same names: both are
 * remembered.
 */
final class CookieNames {
  private static final int MOST_TABLES = 64;
  private static final int MOST_NAMES = 100;
  private static final int LONGEST_NAME = 1024;
  private static final int MOST_ANSWERS = 1000;
  private static final int LONGEST_REMEMBERED = 64;

  private final List<LuaValue> given;
  private final Set<String> exact = new HashSet<>();
  private final List<Pattern> patterns = new ArrayList<>();
  private final Map<String, Boolean> answers = new HashMap<>();

  private CookieNames(List<LuaValue> given) {
    this.given = given;
    given.forEach(this::add);
  }

  static CookieNames of(LuaValue names) {
    if (!(names instanceof LuaTable table)) {
      return new CookieNames(List.of(names));
    }
    IdentityHashMap<Object, Object> memo = Budget.current().memo();
    if (memo.get(table) instanceof CookieNames known && known.isOf(table)) {
      return known;
    }
    List<LuaValue> listed = new ArrayList<>();
    for (int i = 1; i <= table.length(); i++) {
      listed.add(table.get(i));
    }
    CookieNames made = new CookieNames(listed);
    if (listed.size() > MOST_NAMES) {
      return made;
    }
    if (memo.size() == MOST_TABLES) {
      memo.clear();
    }
    memo.put(table, made);
    return made;
  }

  /** Whether the table still holds what it held. */
  @SuppressWarnings("ReferenceEquality") // strings of a table stay the same objects
  private boolean isOf(LuaTable table) {
    if (table.length() != given.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      if (table.get(i + 1) != given.get(i)) {
        return false;
      }
    }
    return true;
  }

  private void add(LuaValue name) {
    if (!(name instanceof LuaString text) || text.m_length > LONGEST_NAME) {
      throw new LuaError("a cookie's name is a string of at most " + LONGEST_NAME + " bytes, not "
          + name.typename());
    }
    if (text.m_length > 0 && text.luaByte(0) == '~') {
      patterns.add(Regex.compile(text.substring(1, text.m_length)));
    } else {
      exact.add(Text.wire(text));
    }
  }

  boolean has(String name) {
    if (exact.contains(name)) {
      return true;
    }
    if (patterns.isEmpty()) {
      return false;
    }
    Boolean known = answers.get(name);
    if (known == null) {
      known = isMatched(name);
      if (name.length() <= LONGEST_REMEMBERED) {
        if (answers.size() == MOST_ANSWERS) {
          answers.clear();
        }
        answers.put(name, known);
      }
    }
    return known;
  }

  private boolean isMatched(String name) {
    Regex.Subject subject = Regex.Subject.of(Text.ofWire(name));
    for (Pattern pattern : patterns) {
      if (subject.matcher(pattern).find()) {
        return true;
      }
    }
    return false;
  }
}
