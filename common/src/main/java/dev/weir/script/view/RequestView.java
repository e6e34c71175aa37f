package dev.weir.script.view;

import dev.weir.capture.Capture;
import dev.weir.capture.HttpToken;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Origin;
import dev.weir.script.Scope;
import dev.weir.script.Stage;
import dev.weir.script.engine.Numbers;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.HashLibrary;
import dev.weir.script.lib.TimeLibrary;
import dev.weir.unit.BucketName;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** {@code req}: a capture, read and written in place. */
public final class RequestView extends View {
  private static final Duration LONGEST_DELAY = Duration.ofDays(1);
  private static final int LONGEST_SESSION = 1024;
  private static final int MOST_BUCKETS = 100;
  private static final int SAMPLE_SLOTS = 10_000;

  private static final Fields<RequestView> FIELDS = new Fields<RequestView>()
      .readOnly(
          "id",
          view -> view.origin.id() == null ? NIL : valueOf(view.origin.id().toString()))
      .readOnly("time", view -> seconds(view.draft.capture.capturedAt()))
      .readOnly(
          "attempt", view -> view.origin.attempt() == 0 ? NIL : valueOf(view.origin.attempt()))
      .readOnly("source", view -> Text.ofUtf8(view.draft.capture.source()))
      .readOnly(
          "proxy", view -> view.origin.proxy().isEmpty() ? NIL : Text.ofUtf8(view.origin.proxy()))
      .readOnly("client", view -> new ClientView(view.draft.capture.request().client()))
      .readOnly("size", view -> valueOf((double) view.draft.message.raw().length()))
      .readOnly("truncated", view -> valueOf(view.draft.message.raw().isTruncated()))
      .readOnly("http_version", view -> Text.ofWire(view.draft.capture.request().version()))
      .readOnly("url", view -> Text.ofWire(view.draft.address.url()))
      .readOnly("response", RequestView::response)
      .field("method", view -> Text.ofWire(view.draft.method), RequestView::setMethod)
      .field(
          "scheme",
          view -> Text.ofWire(view.draft.address.scheme()),
          (view, value) -> view.draft.address.setScheme(Text.word(value)))
      .field("host", view -> Text.ofWire(view.draft.address.host()), RequestView::setHost)
      .field("port", view -> valueOf(view.draft.address.port()), RequestView::setPort)
      .field(
          "path",
          view -> Text.ofWire(view.draft.address.path()),
          (view, value) -> view.draft.address.setPath(Text.wire(value.checkstring())))
      .field(
          "body",
          view -> Text.ofBytes(view.draft.message.body()),
          (view, value) -> view.draft.message.replaceBody(Text.bytes(value.checkstring())))
      .field("bucket", RequestView::bucket, RequestView::setBucket)
      .field(
          "target",
          view -> view.draft.target == null ? NIL : Text.ofUtf8(view.draft.target),
          RequestView::setTarget)
      .field("session", view -> Text.ofUtf8(view.draft.session), RequestView::setSession)
      .field("delay", view -> valueOf(view.draft.delay.toNanos() / 1e9), RequestView::setDelay)
      .readOnly("headers", view -> new HeaderMap(view.draft.message))
      .readOnly("cookies", view -> new Cookies.OfRequest(view.draft.message))
      .readOnly(
          "query",
          view -> new Parameters(
              "query", view.draft, view.draft.address::query, view.draft.address::setQuery))
      .readOnly(
          "form",
          view -> view.draft.message.isForm()
              ? new Parameters(
                  "form", view.draft, view.draft.message::formText, view.draft.message::replaceForm)
              : NIL)
      .field(
          "json",
          view -> view.draft.message.json(),
          (view, value) -> view.draft.message.replaceJson(value))
      .readOnly("meta", view -> new MetaMap(view.draft))
      .method(
          "match",
          RequestView.class,
          (view, args) ->
              PathTemplate.match(Text.wire(args.checkstring(1)), view.draft.address.path()))
      .method("clone", RequestView.class, (view, args) -> view.copy())
      .method(
          "sample",
          RequestView.class,
          (view, args) -> valueOf(view.isSampled(args.arg1(), args.checkdouble(2))));

  private final RequestDraft draft;
  private final Origin origin;
  private final Scope scope;
  private @Nullable ResponseView response;

  public RequestView(Emission emission, Origin origin, Scope scope) {
    this(new RequestDraft(emission), origin, scope);
  }

  private RequestView(RequestDraft draft, Origin origin, Scope scope) {
    super("req", draft);
    this.draft = draft;
    this.origin = origin;
    this.scope = scope;
  }

  public static Stream<String> fields() {
    return FIELDS.names();
  }

  /** The capture as the script left it: the very same object where nothing was changed. */
  public Emission finish() {
    return draft.finish();
  }

  private static LuaValue seconds(Instant time) {
    return valueOf(time.getEpochSecond() + time.getNano() / 1e9);
  }

  private LuaValue response() {
    ResponseDraft recorded = draft.response();
    if (recorded == null) {
      return NIL;
    }
    if (response == null) {
      response = new ResponseView(recorded);
    }
    return response;
  }

  private void setMethod(LuaValue value) {
    String method = Text.word(value);
    if (!HttpToken.is(method)) {
      throw new LuaError("a method cannot have the form of \"" + method + "\"");
    }
    draft.method = method;
  }

  private void setHost(LuaValue value) {
    draft.address.setHost(Text.word(value));
    followHost();
  }

  private void setPort(LuaValue value) {
    draft.address.setPort(value.checkint());
    followHost();
  }

  private void followHost() {
    if (draft.message.headers().get("Host") != null) {
      draft.message.setHeaders(draft.message.headers().with("Host", draft.address.authority()));
    }
  }

  private LuaValue bucket() {
    if (draft.buckets.size() < 2) {
      return draft.buckets.isEmpty()
          ? NIL
          : valueOf(draft.buckets.iterator().next().value());
    }
    LuaTable names = new LuaTable();
    draft.buckets.stream()
        .sorted()
        .forEach(name -> names.set(names.length() + 1, valueOf(name.value())));
    return names;
  }

  private void setBucket(LuaValue value) {
    if (scope.stage() != Stage.CAPTURE) {
      throw new LuaError("req.bucket can be set in on_capture only");
    }
    Set<BucketName> buckets = new LinkedHashSet<>();
    if (value instanceof LuaTable names) {
      for (int i = 1; i <= names.length(); i++) {
        buckets.add(bucket(Text.word(names.get(i))));
      }
    } else if (!value.isnil()) {
      buckets.add(bucket(Text.word(value)));
    }
    if (buckets.size() > MOST_BUCKETS) {
      throw new LuaError("a capture goes to at most " + MOST_BUCKETS + " buckets");
    }
    draft.buckets = buckets;
  }

  private BucketName bucket(String name) {
    BucketName bucket;
    try {
      bucket = new BucketName(name);
    } catch (IllegalArgumentException e) {
      throw new LuaError(e.getMessage());
    }
    if (!scope.buckets().isEmpty() && !scope.buckets().contains(bucket)) {
      throw new LuaError("there is no bucket \"" + name + "\""
          + Suggestion.of(name, scope.buckets().stream().map(BucketName::value)));
    }
    return bucket;
  }

  private void setSession(LuaValue value) {
    LuaString session = value.checkstring();
    if (session.m_length > LONGEST_SESSION) {
      throw new LuaError("a session is a string of at most " + LONGEST_SESSION + " bytes");
    }
    draft.session = Text.utf8(session);
  }

  private void setTarget(LuaValue value) {
    refuseOutsideReplay("target");
    String name = value.isnil() ? null : Text.word(value);
    if (name != null && !scope.targets().isEmpty() && !scope.targets().contains(name)) {
      throw new LuaError(
          "there is no target \"" + name + "\"" + Suggestion.of(name, scope.targets().stream()));
    }
    draft.target = name;
  }

  private void setDelay(LuaValue value) {
    refuseOutsideReplay("delay");
    Duration delay = TimeLibrary.duration(value);
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
      throw new LuaError("a delay is 0 to " + LONGEST_DELAY.toHours() + " hours");
    }
    draft.delay = delay;
  }

  private void refuseOutsideReplay(String field) {
    if (scope.stage() != Stage.REPLAY) {
      throw new LuaError("req." + field + " can be set in on_replay only");
    }
  }

  /** By the key, the same on every node; a request without one is taken by its session. */
  private boolean isSampled(LuaValue key, double percent) {
    LuaString text = key.isnil()
        ? Text.ofUtf8(draft.session)
        : key instanceof LuaString string
            ? string
            : Numbers.tostring(key.checknumber()).checkstring();
    return HashLibrary.slot(Text.bytes(text), SAMPLE_SLOTS) < percent * (SAMPLE_SLOTS / 100);
  }

  private RequestView copy() {
    Emission now = draft.finish();
    Capture capture = now.capture();
    return new RequestView(
        new Emission(capture, now.buckets(), now.target(), now.delay()), origin, scope);
  }

  @Override
  public LuaValue get(LuaValue key) {
    return FIELDS.get(this, key);
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    FIELDS.set(this, key, value);
  }
}
