package dev.weir.script.view;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.RequestTarget;
import dev.weir.capture.Response;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Origin;
import dev.weir.script.Scope;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Text;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/**
 * {@code request{method = "POST", url = "http://host/path", headers = {…}, body = "…"}}: a new
 * capture from a table. Fields of {@code req} that can be set can be given.
 */
public final class RequestMaker {
  private static final Set<String> FIELDS = Set.of(
      "method",
      "url",
      "scheme",
      "host",
      "port",
      "path",
      "query",
      "headers",
      "body",
      "json",
      "bucket",
      "target",
      "session",
      "delay",
      "meta",
      "response",
      "client_ip");

  /** Those that the view takes as they are, in an order that works. */
  private static final List<String> SET =
      List.of("method", "scheme", "host", "port", "path", "bucket", "target", "session", "delay");

  private final InstantSource clock;
  private final Scope scope;

  public RequestMaker(InstantSource clock, Scope scope) {
    this.clock = clock;
    this.scope = scope;
  }

  public RequestView make(LuaTable table) {
    return make(table, Origin.NONE);
  }

  public RequestView make(LuaTable table, Origin origin) {
    refuseUnknown(table);
    RequestView view = new RequestView(blank(table), origin, scope);
    for (String field : SET) {
      LuaValue value = table.get(field);
      if (!value.isnil()) {
        view.set(LuaValue.valueOf(field), value);
      }
    }
    copy(table.get("headers"), view.get(LuaValue.valueOf("headers")));
    copy(table.get("query"), view.get(LuaValue.valueOf("query")));
    copy(table.get("meta"), view.get(LuaValue.valueOf("meta")));
    for (String field : List.of("body", "json")) {
      if (!table.get(field).isnil()) {
        view.set(LuaValue.valueOf(field), table.get(field));
      }
    }
    if (!table.get("json").isnil() && table.get("headers").isnil()) {
      view.get(LuaValue.valueOf("headers"))
          .set(LuaValue.valueOf("Content-Type"), LuaValue.valueOf("application/json"));
    }
    return view;
  }

  private static void refuseUnknown(LuaTable table) {
    for (LuaValue key : table.keys()) {
      String name = Text.shown(key);
      if (!FIELDS.contains(name)) {
        throw new LuaError(
            "request has no field \"" + name + "\"" + Suggestion.of(name, FIELDS.stream()));
      }
    }
  }

  private Emission blank(LuaTable table) {
    boolean body = !table.get("body").isnil() || !table.get("json").isnil();
    Place place =
        Place.of(table.get("url").isnil() ? "" : Text.wire(table.get("url").checkstring()));
    LuaValue ip = table.get("client_ip");
    Request request = new Request(
        body ? "POST" : "GET",
        place.scheme(),
        place.authority(),
        place.target(),
        "HTTP/1.1",
        place.authority().isEmpty() ? Headers.NONE : Headers.of("Host", place.authority()),
        Body.EMPTY,
        Headers.NONE,
        ip.isnil() ? Client.NONE : new Client(Text.word(ip), 0));
    return new Emission(
        new Capture(
            "script",
            Capture.Kind.HTTP,
            clock.instant(),
            UUID.randomUUID().toString(),
            request,
            response(table.get("response")),
            Map.of()),
        Set.of());
  }

  /** An answer from a table: {@code {status = 200, headers = {…}, body = "…"}}; null for nil. */
  public static @Nullable Response response(LuaValue value) {
    if (value.isnil()) {
      return null;
    }
    LuaTable table = value.checktable();
    ResponseDraft draft = new ResponseDraft(new Response(
        table.get("status").optint(200),
        "HTTP/1.1",
        Headers.NONE,
        Body.EMPTY,
        Headers.NONE,
        Duration.ofNanos((long) (table.get("duration_ms").optdouble(1) * 1e6))));
    copy(table.get("headers"), new HeaderMap(draft.message));
    if (!table.get("body").isnil()) {
      draft.message.replaceBody(Text.bytes(table.get("body").checkstring()));
    }
    if (!table.get("json").isnil()) {
      draft.message.replaceJson(table.get("json"));
    }
    return draft.finish();
  }

  /** Names of a Lua table have no order; a list of pairs {@code {{"A", "1"}, {"B", "2"}}} has. */
  private static void copy(LuaValue from, LuaValue to) {
    if (from.isnil()) {
      return;
    }
    LuaTable table = from.checktable();
    int length = table.length();
    for (int i = 1; i <= length; i++) {
      LuaValue pair = table.get(i);
      if (to instanceof Multimap map) {
        map.append(Multimap.name(pair.get(1)), Multimap.text(pair.get(2)));
      } else {
        to.set(pair.get(1), pair.get(2));
      }
    }
    LuaValue[] keys = table.keys();
    Arrays.sort(keys, Comparator.comparing(LuaValue::tojstring));
    for (LuaValue key : keys) {
      if (key.type() == LuaValue.TSTRING) {
        to.set(key, table.get(key));
      }
    }
  }

  private record Place(String scheme, String authority, String target) {
    /** @throws LuaError where a path, host or port of that form could not be set */
    static Place of(String url) {
      int fragment = url.indexOf('#'); // the browser's own
      String sent = fragment < 0 ? url : url.substring(0, fragment);
      int slashes = sent.indexOf("://");
      if (sent.isEmpty()) {
        return new Place("http", "", "/");
      }
      if (slashes < 0) {
        return new Place("http", "", checked(new Address("http", "", "/"), sent));
      }
      String scheme = sent.substring(0, slashes);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new LuaError("a url begins with http:// or https://, unlike \"" + url + "\"");
      }
      String rest = sent.substring(slashes + 3);
      int end = 0;
      while (end < rest.length() && "/?".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
      String target = rest.substring(end);
      Address address = new Address(scheme, rest.substring(0, end), "/");
      if (!address.authority().isEmpty()) { // as of a request without a Host
        address.setHost(address.host());
      }
      if (!address.host().equals(address.authority())) {
        address.setPort(address.port());
      }
      return new Place(
          scheme,
          rest.substring(0, end),
          checked(address, target.startsWith("/") ? target : "/" + target));
    }

    private static String checked(Address address, String target) {
      int query = RequestTarget.queryAt(target);
      address.setPath(target.substring(0, query));
      address.setQuery(query == target.length() ? "" : target.substring(query + 1));
      return target;
    }
  }
}
