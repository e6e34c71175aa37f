package dev.weir.script.trial;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.config.Secret;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.Shared;
import dev.weir.script.lib.TimeLibrary;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import dev.weir.script.runtime.Timers;
import dev.weir.script.view.RequestMaker;
import dev.weir.script.view.RequestView;
import dev.weir.script.view.ResponseView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * The {@code t} that a test function gets: runs the script under test stage by stage, with a clock,
 * parameters, environment and secrets of the test's own. Nothing of it outlives the test.
 */
final class TestBench implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(100);

  private final @Nullable Path script;
  private final VirtualClock clock = new VirtualClock();
  private final Host host = new Host(clock, clock, Limits.DEFAULT, new Shared(clock));
  private final Map<Stage, PlayerHook> open = new EnumMap<>(Stage.class);
  private final Map<String, Object> params = new HashMap<>();
  private final Map<String, String> env = new HashMap<>();
  private final Map<String, String> secrets = new HashMap<>();
  private final List<Emission> emitted = new ArrayList<>();
  private @Nullable Timers timers;

  TestBench(@Nullable Path script) {
    this.script = script;
  }

  Library library() {
    return Library.named("t")
        .function("eq", Assertions::eq)
        .function("ok", Assertions::ok)
        .function("errors", Assertions::errors)
        .function("params", args -> {
          LuaTable table = args.checktable(1);
          for (LuaValue key : table.keys()) {
            params.put(key.tojstring(), java(table.get(key)));
          }
          return LuaValue.NONE;
        })
        .function("env", args -> copied(args.checktable(1), env))
        .function("secret", args -> copied(args.checktable(1), secrets))
        .function("capture", args -> first(run(Stage.CAPTURE, args)))
        .function("captures", args -> list(run(Stage.CAPTURE, args), Stage.CAPTURE))
        .function("relay", args -> first(run(Stage.RELAY, args)))
        .function("replay", args -> first(run(Stage.REPLAY, args)))
        .function("replays", args -> list(run(Stage.REPLAY, args), Stage.REPLAY))
        .function("respond", this::respond)
        .function("batch", this::batch)
        .function("advance", this::advance)
        .function("emitted", args -> {
          LuaValue list = list(new Result.Kept(List.copyOf(emitted)), Stage.CAPTURE);
          emitted.clear();
          return list;
        })
        .seal();
  }

  private static Varargs copied(LuaTable table, Map<String, String> into) {
    for (LuaValue key : table.keys()) {
      into.put(key.tojstring(), table.get(key).checkjstring());
    }
    return LuaValue.NONE;
  }

  private static Object java(LuaValue value) {
    if (value.isboolean()) {
      return value.toboolean();
    }
    if (value.type() == LuaValue.TNUMBER) {
      return value.todouble();
    }
    if (!(value instanceof LuaTable table)) {
      return Text.utf8(value.checkstring());
    }
    int length = table.length();
    if (length > 0 && length == table.keyCount()) {
      List<Object> list = new ArrayList<>();
      for (int i = 1; i <= length; i++) {
        list.add(java(table.get(i)));
      }
      return list;
    }
    Map<String, Object> map = new HashMap<>();
    for (LuaValue key : table.keys()) {
      map.put(key.tojstring(), java(table.get(key)));
    }
    return map;
  }

  private ScriptSet load(Stage stage) throws ScriptException {
    Path file = script;
    if (file == null) {
      throw new ScriptException("there is no script of the same name beside this test");
    }
    Map<String, Secret> hidden = new HashMap<>();
    secrets.forEach((name, value) -> hidden.put(name, new Secret(value)));
    ScriptSettings settings = new ScriptSettings(file, params, env, hidden, false);
    return ScriptSet.load(List.of(settings), Scope.of(stage), host);
  }

  private PlayerHook hook(Stage stage) {
    try {
      PlayerHook known = open.get(stage);
      if (known == null) {
        known = load(stage).open();
        open.put(stage, known);
      }
      return known;
    } catch (ScriptException e) {
      throw Assertions.failed(String.valueOf(e.getMessage()));
    }
  }

  private Emission made(LuaValue value, Stage stage) {
    return value instanceof RequestView view
        ? view.finish()
        : new RequestMaker(clock, Scope.of(stage)).make(value.checktable()).finish();
  }

  private static Origin origin(Stage stage) {
    return stage == Stage.CAPTURE
        ? Origin.NONE
        : new Origin(
            new CaptureId(new RunId("0".repeat(32)), 1), stage == Stage.RELAY ? 0 : 1, "test");
  }

  private Result run(Stage stage, Varargs args) {
    Capture capture = made(args.arg1(), stage).capture();
    Result result = hook(stage).run(capture, origin(stage));
    if (result instanceof Result.Failed failed) {
      throw Assertions.failed(failed.message());
    }
    return result;
  }

  /** The request that goes on; nil and the reason where it was dropped. */
  private static Varargs first(Result result) {
    if (result instanceof Result.Kept kept) {
      return view(kept.emissions().get(0), Stage.CAPTURE);
    }
    String reason = result instanceof Result.Dropped dropped ? dropped.reason() : "";
    return LuaValue.varargsOf(LuaValue.NIL, Text.ofUtf8(reason));
  }

  private static LuaValue list(Result result, Stage stage) {
    LuaTable list = new LuaTable();
    if (result instanceof Result.Kept kept) {
      kept.emissions().forEach(each -> list.set(list.length() + 1, view(each, stage)));
    }
    return list;
  }

  private static RequestView view(Emission emission, Stage stage) {
    return new RequestView(emission, Origin.NONE, Scope.of(stage));
  }

  /**
   * {@code t.respond(request, answer)}: verdict, reason, wait, and the answer as it will be stored.
   */
  private Varargs respond(Varargs args) {
    Capture sent = made(args.arg1(), Stage.REPLAY).capture();
    LuaTable given = args.opttable(2, new LuaTable());
    LuaValue error = given.get("error");
    Verdict verdict = hook(Stage.REPLAY)
        .judge(
            sent,
            origin(Stage.RESPONSE),
            error.isnil() ? RequestMaker.response(given) : null,
            error.isnil() ? null : error.checkjstring());
    LuaValue answer =
        verdict.answer() == null ? LuaValue.NIL : new ResponseView(verdict.answer(), null);
    if (verdict instanceof Verdict.Failed failed) {
      throw Assertions.failed(failed.message());
    }
    if (verdict instanceof Verdict.Retry retry) {
      return LuaValue.varargsOf(new LuaValue[] {
        LuaValue.valueOf("retry"),
        Text.ofUtf8(retry.reason()),
        LuaValue.valueOf(retry.after().toNanos() / 1e9),
        answer
      });
    }
    if (verdict instanceof Verdict.Dead dead) {
      return LuaValue.varargsOf(
          new LuaValue[] {LuaValue.valueOf("fail"), Text.ofUtf8(dead.reason()), LuaValue.NIL, answer
          });
    }
    return LuaValue.varargsOf(new LuaValue[] {
      verdict instanceof Verdict.Delivered ? LuaValue.valueOf("delivered") : LuaValue.NIL,
      LuaValue.NIL,
      LuaValue.NIL,
      answer
    });
  }

  private Varargs batch(Varargs args) {
    List<Capture> captures = new ArrayList<>();
    LuaTable list = args.checktable(1);
    for (int i = 1; i <= list.length(); i++) {
      captures.add(made(list.get(i), Stage.REPLAY).capture());
    }
    Result result = hook(Stage.REPLAY).batch(captures);
    if (result instanceof Result.Failed failed) {
      throw Assertions.failed(failed.message());
    }
    return list(result, Stage.REPLAY);
  }

  /** Moves the clock on and calls the timers that become due on the way. */
  private Varargs advance(Varargs args) {
    long left = TimeLibrary.duration(args.arg1()).toNanos();
    Timers running = timers();
    while (left > 0) {
      Duration step = Duration.ofNanos(Math.min(left, TICK.toNanos()));
      clock.advance(step);
      left -= step.toNanos();
      running.step();
    }
    return LuaValue.NONE;
  }

  private Timers timers() {
    Timers known = timers;
    if (known == null) {
      hook(Stage.CAPTURE);
      try {
        known = load(Stage.CAPTURE).timers(emitted::addAll);
      } catch (ScriptException e) {
        throw Assertions.failed(String.valueOf(e.getMessage()));
      }
      timers = known;
      known.step();
    }
    return known;
  }

  @Override
  public void close() {
    open.values().forEach(PlayerHook::close);
    if (timers != null) {
      timers.close();
    }
  }
}
