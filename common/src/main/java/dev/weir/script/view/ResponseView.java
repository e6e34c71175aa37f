package dev.weir.script.view;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.script.engine.Text;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;

/** {@code res}, and {@code req.response}: an answer, or the reason why there is none. */
public final class ResponseView extends View {
  private static final Response NOTHING =
      new Response(0, "", Headers.NONE, Body.EMPTY, Headers.NONE, Duration.ZERO);

  private static final Fields<ResponseView> FIELDS = new Fields<ResponseView>()
      .field(
          "status",
          view -> view.answered ? valueOf(view.draft.status) : NIL,
          (view, value) -> view.answer().status = status(value))
      .readOnly("headers", view -> new HeaderMap(view.draft.message))
      .readOnly("cookies", view -> new Cookies.OfResponse(view.draft.message))
      .field(
          "body",
          view -> view.answered ? Text.ofBytes(view.draft.message.body()) : NIL,
          (view, value) -> view.answer().message.replaceBody(Text.bytes(value.checkstring())))
      .field(
          "json",
          view -> view.answered ? view.draft.message.json() : NIL,
          (view, value) -> view.answer().message.replaceJson(value))
      .readOnly("truncated", view -> valueOf(view.draft.message.raw().isTruncated()))
      .readOnly("duration_ms", view -> valueOf(view.draft.before.took().toNanos() / 1e6))
      .readOnly("error", view -> view.error == null ? NIL : Text.ofUtf8(view.error));

  private final ResponseDraft draft;
  private final boolean answered;
  private final @Nullable String error;

  ResponseView(ResponseDraft draft) {
    this(draft, true, null);
  }

  /** @param error why there is no answer, or null */
  public ResponseView(@Nullable Response answer, @Nullable String error) {
    this(new ResponseDraft(answer == null ? NOTHING : answer), answer != null, error);
  }

  private ResponseView(ResponseDraft draft, boolean answered, @Nullable String error) {
    super("res", draft);
    this.draft = draft;
    this.answered = answered;
    this.error = error;
  }

  public static Stream<String> fields() {
    return FIELDS.names();
  }

  private ResponseDraft answer() {
    if (!answered) {
      throw new LuaError("there is no answer to change: " + error);
    }
    return draft;
  }

  private static int status(LuaValue value) {
    int status = value.checkint();
    if (status < 100 || status > 599) {
      throw new LuaError("a status is 100 to 599, not " + status);
    }
    return status;
  }

  /** The answer as the script left it; null where there was none. */
  public @Nullable Response finish() {
    return answered ? draft.finish() : null;
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
