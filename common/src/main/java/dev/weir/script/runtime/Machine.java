package dev.weir.script.runtime;

import dev.weir.capture.Response;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.Scope;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Vm;
import dev.weir.script.lib.TimeLibrary;
import dev.weir.script.view.RequestMaker;
import dev.weir.script.view.RequestView;
import dev.weir.script.view.ResponseView;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** One script in a virtual machine of its own, for one worker. One thread's own. */
final class Machine {
  private static final int MOST_TIMERS = 20;

  /** What the bodies of all that comes of one capture may take. */
  private static final ByteSize MOST_BYTES = ByteSize.ofMegabytes(64);

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
  private static final Set<String> HOOKS = Set.of(
      "on_capture", "on_relay", "on_replay", "on_response", "on_batch", "on_start", "on_stop");

  private static final LuaString START = LuaValue.valueOf("on_start");
  private static final LuaString STOP = LuaValue.valueOf("on_stop");

  /** Made once: each call looks its function up. */
  private static final Map<Stage, LuaString> KEYS = Stream.of(Stage.values())
      .collect(Collectors.toUnmodifiableMap(
          stage -> stage, stage -> LuaValue.valueOf(stage.function())));

  /** A function to be called again and again. */
  record Timer(Duration interval, LuaValue function) {}

  private final Script script;
  private final Scope scope;
  private final Host host;
  private final Vm vm;
  private final List<Timer> timers = new ArrayList<>();
  private boolean loading = true;
  private @Nullable List<Emission> emitted;

  private Machine(Script script, Scope scope, Host host, ScriptLog log) {
    this.script = script;
    this.scope = scope;
    this.host = host;
    Map<String, LuaValue> names = new HashMap<>(Names.of(script.settings(), host, log));
    RequestMaker maker = new RequestMaker(host.clock(), scope);
    names.put("request", new Builtin("request", args -> maker.make(args.checktable(1))));
    names.put("every", new Builtin("every", this::every));
    names.put("emit", new Builtin("emit", this::emit));
    this.vm = new Vm(host.limits(), names);
  }

  /** Runs the script's main part and {@code on_start}. */
  static Machine start(Script script, Scope scope, Host host, ScriptLog log)
      throws ScriptException {
    Machine machine = new Machine(script, scope, host, log);
    machine.vm.load(script.main());
    machine.refuseUnknownHooks();
    machine.loading = false;
    LuaValue start = machine.vm.function(START);
    if (start != null) {
      machine.vm.call(
          start, Names.lua(script.settings().params()), host.limits().forLoading());
    }
    return machine;
  }

  /** A hook that is misspelt would be a scrubber that never runs. */
  private void refuseUnknownHooks() throws ScriptException {
    for (String name : vm.names()) {
      if (name.startsWith("on_") && !HOOKS.contains(name)) {
        throw new ScriptException(script.name() + ": there is no hook \"" + name + "\""
            + Suggestion.of(name, HOOKS.stream()));
      }
    }
    if (timers.isEmpty() && Stream.of(vm.names()).noneMatch(HOOKS::contains)) {
      throw new ScriptException(script.name() + ": has no hook and no timer; hooks are "
          + String.join(", ", HOOKS.stream().sorted().toList()));
    }
  }

  /** The end of this machine's life: {@code on_stop}. */
  void stop() throws ScriptException {
    LuaValue stop = vm.function(STOP);
    if (stop != null && !vm.isBroken()) {
      vm.call(stop, LuaValue.NONE, host.limits().forLoading());
    }
  }

  boolean isBroken() {
    return vm.isBroken();
  }

  boolean has(Stage stage) {
    return function(stage) != null;
  }

  private @Nullable LuaValue function(Stage stage) {
    LuaString key = KEYS.get(stage);
    return key == null ? null : vm.function(key);
  }

  List<Timer> timers() {
    return List.copyOf(timers);
  }

  Result run(Stage stage, Emission emission, Origin origin) throws ScriptException {
    LuaValue function = function(stage);
    if (function == null) {
      return new Result.Kept(List.of(emission));
    }
    Result[] result = new Result[1];
    vm.lend(emission.capture().footprint());
    vm.call(
        new Builtin(stage.function(), args -> {
          RequestView view = new RequestView(emission, origin, scope);
          result[0] = result(function.invoke(view).arg1(), view, stage);
          return LuaValue.NONE;
        }),
        LuaValue.NONE);
    return result[0];
  }

  Result batch(List<Emission> batch) throws ScriptException {
    LuaValue function = function(Stage.BATCH);
    if (function == null) {
      return new Result.Kept(batch);
    }
    Result[] result = new Result[1];
    batch.forEach(emission -> vm.lend(emission.capture().footprint()));
    vm.call(
        new Builtin("on_batch", args -> {
          LuaTable views = new LuaTable();
          for (int i = 0; i < batch.size(); i++) {
            views.set(i + 1, new RequestView(batch.get(i), Origin.NONE, scope));
          }
          LuaValue returned = function.invoke(views).arg1();
          boolean keeps = returned.isnil() || isTrue(returned);
          result[0] =
              keeps ? list(views, batch.size(), Stage.BATCH) : result(returned, null, Stage.BATCH);
          return LuaValue.NONE;
        }),
        LuaValue.NONE,
        host.limits().forLoading());
    return result[0];
  }

  Verdict judge(Emission sent, Origin origin, @Nullable Response answer, @Nullable String error)
      throws ScriptException {
    LuaValue function = function(Stage.RESPONSE);
    if (function == null) {
      return new Verdict.Unjudged(answer);
    }
    Verdict[] verdict = new Verdict[1];
    vm.lend(sent.capture().footprint() + (answer == null ? 0 : answer.footprint()));
    vm.call(
        new Builtin("on_response", args -> {
          ResponseView view = new ResponseView(answer, error);
          Scope judging = new Scope(Stage.RESPONSE, Set.of(), Set.of());
          LuaValue returned =
              function.invoke(new RequestView(sent, origin, judging), view).arg1();
          verdict[0] = verdict(returned, view);
          return LuaValue.NONE;
        }),
        LuaValue.NONE);
    return verdict[0];
  }

  private static Verdict verdict(LuaValue returned, ResponseView view) {
    if (returned.isnil()) {
      return new Verdict.Unjudged(view.finish());
    }
    if (isTrue(returned)) {
      return new Verdict.Delivered(view.finish());
    }
    if (returned instanceof Decision decision && decision.kind() == Decision.Kind.RETRY) {
      return new Verdict.Retry(decision.after(), decision.reason(), view.finish());
    }
    if (returned instanceof Decision decision && decision.kind() == Decision.Kind.FAIL) {
      return new Verdict.Dead(decision.reason(), view.finish());
    }
    throw new LuaError("on_response returned " + described(returned)
        + "; expected nothing, true, retry(seconds, \"why\") or fail(\"why\")");
  }

  private Result result(LuaValue returned, @Nullable RequestView view, Stage stage) {
    if (view != null && (returned.isnil() || isTrue(returned))) {
      return new Result.Kept(List.of(view.finish()));
    }
    if (returned.isboolean() && !returned.toboolean()) {
      return new Result.Dropped("unspecified");
    }
    if (returned instanceof Decision decision && decision.kind() == Decision.Kind.DROP) {
      return new Result.Dropped(decision.reason());
    }
    if (returned instanceof RequestView request) {
      return new Result.Kept(List.of(request.finish()));
    }
    if (returned instanceof LuaTable list) {
      return list(list, host.limits().fanOut(), stage);
    }
    throw new LuaError(stage.function() + " returned " + described(returned)
        + "; expected nothing, true, false, drop \"reason\", a request or a list of requests");
  }

  private static boolean isTrue(LuaValue value) {
    return value.isboolean() && value.toboolean();
  }

  private static String described(LuaValue value) {
    return value instanceof Decision decision ? decision.tojstring() : "a " + value.typename();
  }

  private static Result list(LuaTable list, int most, Stage stage) {
    int length = list.length();
    if (length > most) {
      throw new LuaError(stage.function() + " returned " + length + " requests, at most " + most);
    }
    List<Emission> emissions = new ArrayList<>(length);
    for (int i = 1; i <= length; i++) {
      if (!(list.get(i) instanceof RequestView request)) {
        throw new LuaError(stage.function() + " returned a list whose element " + i + " is a "
            + list.get(i).typename() + "; expected requests");
      }
      emissions.add(request.finish());
    }
    ByteSize bodies = bodies(emissions, stage);
    if (isTooMuch(bodies)) {
      throw new LuaError(
          stage.function() + " returned bodies of " + bodies + " together, at most " + MOST_BYTES);
    }
    if (length == 0 && list.keyCount() > 0) {
      throw new LuaError(stage.function() + " returned a table; expected a list of requests");
    }
    return emissions.isEmpty() ? new Result.Dropped("empty") : new Result.Kept(emissions);
  }

  /** What these take together; a batch's recorded answers, which go nowhere, are not counted. */
  static ByteSize bodies(List<Emission> emissions, Stage stage) {
    long bytes = 0;
    for (Emission emission : emissions) {
      Response recorded = emission.capture().response();
      bytes += emission.capture().request().body().size();
      bytes += recorded == null || stage == Stage.BATCH ? 0 : recorded.body().size();
    }
    return new ByteSize(bytes);
  }

  static boolean isTooMuch(ByteSize bodies) {
    return bodies.bytes() > MOST_BYTES.bytes();
  }

  private Varargs every(Varargs args) {
    Duration interval = TimeLibrary.duration(args.arg1());
    if (!loading) {
      throw new LuaError("every works while the script is loaded, not in a hook");
    }
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw new LuaError("an interval is " + SHORTEST_INTERVAL.toMillis() + " ms or more");
    }
    if (timers.size() == MOST_TIMERS) {
      throw new LuaError("more than " + MOST_TIMERS + " timers");
    }
    timers.add(new Timer(interval, args.checkfunction(2)));
    vm.hold(args.arg(2));
    return LuaValue.NONE;
  }

  /** Calls a timer's function and returns what it emitted. */
  List<Emission> tick(Timer timer) throws ScriptException {
    List<Emission> out = new ArrayList<>();
    emitted = out;
    try {
      vm.call(timer.function(), LuaValue.NONE);
    } finally {
      emitted = null;
    }
    return out;
  }

  private Varargs emit(Varargs args) {
    if (emitted == null) {
      throw new LuaError("emit works in timers; a hook returns a list of requests instead");
    }
    if (scope.stage() != Stage.CAPTURE && scope.stage() != Stage.RELAY) {
      throw new LuaError("emit works in the proxy and the relay");
    }
    if (emitted.size() == host.limits().fanOut()) {
      throw new LuaError("more than " + host.limits().fanOut() + " requests emitted at once");
    }
    if (!(args.arg1() instanceof RequestView request)) {
      throw new LuaError("bad argument #1: request expected, got " + args.arg1().typename());
    }
    emitted.add(request.finish());
    return LuaValue.NONE;
  }
}
