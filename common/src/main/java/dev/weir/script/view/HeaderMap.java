package dev.weir.script.view;

import dev.weir.capture.Headers;
import dev.weir.capture.HttpToken;
import dev.weir.script.engine.Text;
import java.util.ArrayList;
import java.util.List;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;

/** {@code req.headers}, {@code res.headers}: names ignore case. */
final class HeaderMap extends Multimap {
  private final MessageDraft draft;

  HeaderMap(MessageDraft draft) {
    super("headers", draft);
    this.draft = draft;
  }

  @Override
  LuaValue first(String name) {
    String value = draft.headers().get(name);
    return value == null ? NIL : Text.ofWire(value);
  }

  @Override
  List<Pair> read() {
    List<Pair> pairs = new ArrayList<>(draft.headers().size());
    for (Headers.Field field : draft.headers()) {
      pairs.add(new Pair(field.name(), field.value(), field.value()));
    }
    return pairs;
  }

  @Override
  void write(List<Pair> pairs) {
    draft.setHeaders(Headers.of(
        pairs.stream().map(pair -> new Headers.Field(pair.name(), pair.value())).toList()));
  }

  @Override
  Pair make(String name, String value) {
    return checked(name, value);
  }

  /** Refuses what would end the field on the wire and begin another one. */
  private static Pair checked(String name, String value) {
    if (!HttpToken.is(name)) {
      throw new LuaError("a header name cannot have the form of \"" + name + "\"");
    }
    refuseLineEnds(name, value);
    return new Pair(name, value, value);
  }

  static void refuseLineEnds(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        throw new LuaError("the value of " + name + " has a line end or a zero byte in it");
      }
    }
  }

  @Override
  boolean isSame(String a, String b) {
    return a.equalsIgnoreCase(b);
  }
}
