package dev.weir.script.view;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.script.engine.Text;
import dev.weir.script.lib.Percent;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/**
 * {@code /users/{id}}: a segment in braces stands for any one segment, {@code *} at the end for the
 * rest.
 */
final class PathTemplate {
  private PathTemplate() {}

  /** The values of the segments in braces by name; nil where the path is another one. */
  static LuaValue match(String template, String path) {
    if (!template.startsWith("/")) {
      throw new LuaError("a template begins with \"/\", unlike \"" + template + "\"");
    }
    String[] wanted = template.split("/", -1);
    String[] given = path.split("/", -1);
    LuaTable params = new LuaTable();
    for (int i = 0; i < wanted.length; i++) {
      String segment = wanted[i];
      if (segment.equals("*") && i == wanted.length - 1) {
        return given.length > i ? params : LuaValue.NIL;
      }
      if (i >= given.length) {
        return LuaValue.NIL;
      }
      if (segment.startsWith("{") && segment.endsWith("}")) {
        if (given[i].isEmpty()) {
          return LuaValue.NIL;
        }
        params.set(
            segment.substring(1, segment.length() - 1),
            Text.ofBytes(Percent.decode(given[i].getBytes(ISO_8859_1), false)));
      } else if (!segment.equals(given[i])) {
        return LuaValue.NIL;
      }
    }
    return wanted.length == given.length ? params : LuaValue.NIL;
  }
}
