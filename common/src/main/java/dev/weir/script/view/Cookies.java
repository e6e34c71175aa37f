package dev.weir.script.view;

import dev.weir.capture.Headers;
import dev.weir.capture.HttpToken;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * The cookies of a message. {@code cookies:keep{…}} leaves those alone, {@code cookies:drop{…}}
 * takes those out; cookies that stay keep their spelling, and a header with none left goes.
 */
abstract class Cookies extends Multimap {
  private static final Map<LuaValue, LuaValue> METHODS = Map.of(
      valueOf("keep"), new Builtin("keep", args -> self(args).filter(args.arg(2), true)),
      valueOf("drop"), new Builtin("drop", args -> self(args).filter(args.arg(2), false)));

  private static final int STEPS_EACH = 2;

  final MessageDraft draft;

  Cookies(MessageDraft draft) {
    super("cookies", draft);
    this.draft = draft;
  }

  private static Cookies self(Varargs args) {
    if (args.arg1() instanceof Cookies cookies) {
      return cookies;
    }
    throw new LuaError("call it with a colon, as in req.cookies:drop{\"sid\"}");
  }

  @Override
  Map<LuaValue, LuaValue> ownMethods() {
    return METHODS;
  }

  private Varargs filter(LuaValue given, boolean keep) {
    CookieNames names = CookieNames.of(given);
    List<Pair> pairs = read();
    List<Pair> left = new ArrayList<>(pairs.size());
    for (Pair pair : pairs) {
      if (names.has(pair.name()) == keep) {
        left.add(pair);
      }
    }
    if (left.size() < pairs.size()) {
      store(left);
    }
    return valueOf(pairs.size() - left.size());
  }

  /** The first part of a cookie: {@code name=value}, or a name alone. */
  static Pair parsed(String text, String raw) {
    int equals = text.indexOf('=');
    return equals < 0
        ? new Pair(text.strip(), "", raw)
        : new Pair(text.substring(0, equals).strip(), text.substring(equals + 1).strip(), raw);
  }

  static Pair checked(String name, String value) {
    if (!HttpToken.is(name)) {
      throw new LuaError("a cookie's name cannot have the form of \"" + name + "\"");
    }
    HeaderMap.refuseLineEnds(name, value);
    return new Pair(name, value, name + "=" + value);
  }

  /** {@code Cookie} of a request: pairs between semicolons. */
  static final class OfRequest extends Cookies {
    OfRequest(MessageDraft draft) {
      super(draft);
    }

    @Override
    List<Pair> read() {
      List<Pair> pairs = new ArrayList<>();
      for (Headers.Field field : draft.headers()) {
        if (field.name().equalsIgnoreCase("Cookie")) {
          split(field.value(), pairs);
        }
      }
      return pairs;
    }

    private static void split(String line, List<Pair> pairs) {
      for (int at = 0; at < line.length(); ) {
        int end = line.indexOf(';', at);
        end = end < 0 ? line.length() : end;
        String raw = line.substring(at, end).strip();
        if (!raw.isEmpty()) {
          Budget.current().charge(STEPS_EACH);
          pairs.add(parsed(raw, raw));
        }
        at = end + 1;
      }
    }

    /**
     * Several Cookie lines become one: they mean the same (RFC 6265, section 5.4; RFC 9113, 8.2.3).
     */
    @Override
    void write(List<Pair> pairs) {
      Headers headers = draft.headers();
      if (pairs.isEmpty()) {
        draft.setHeaders(headers.without("Cookie"));
        return;
      }
      StringBuilder line = new StringBuilder();
      for (Pair pair : pairs) {
        line.append(line.isEmpty() ? "" : "; ").append(pair.raw());
      }
      draft.setHeaders(headers.with("Cookie", line.toString()));
    }

    @Override
    Pair make(String name, String value) {
      if (value.indexOf(';') >= 0) {
        throw new LuaError("the value of cookie " + name + " has a semicolon in it");
      }
      return checked(name, value);
    }
  }

  /** {@code Set-Cookie} of an answer: one cookie a line, with its attributes. */
  static final class OfResponse extends Cookies {
    OfResponse(MessageDraft draft) {
      super(draft);
    }

    @Override
    List<Pair> read() {
      List<Pair> pairs = new ArrayList<>();
      for (String line : draft.headers().all("Set-Cookie")) {
        int end = line.indexOf(';');
        pairs.add(parsed(end < 0 ? line : line.substring(0, end), line));
      }
      return pairs;
    }

    @Override
    void write(List<Pair> pairs) {
      String[] lines = pairs.stream().map(Pair::raw).toArray(String[]::new);
      draft.setHeaders(
          lines.length == 0
              ? draft.headers().without("Set-Cookie")
              : draft.headers().with("Set-Cookie", lines));
    }

    @Override
    Pair make(String name, String value) {
      return checked(name, value);
    }

    @Override
    Pair changed(Pair old, String value) {
      int attributes = old.raw().indexOf(';');
      Pair pair = checked(old.name(), value);
      return attributes < 0
          ? pair
          : new Pair(pair.name(), value, pair.raw() + old.raw().substring(attributes));
    }
  }
}
