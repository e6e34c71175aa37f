package dev.weir.script.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.loop.Ticker;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.Limits;
import dev.weir.script.lib.Shared;
import dev.weir.unit.ByteSize;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way out of the sandbox, or past its bounds, that we know of. */
final class SandboxTest {
  /** Far above the 50 ms of processor time: other processes share this machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final long MOST_ALLOCATED = 160L << 20;

  private static final String LONG = "local s = ('x'):rep(1e7) ";
  private static final String LONGISH = "local s = ('x'):rep(1e4) ";

  @TempDir
  private Path folder;

  static Stream<Arguments> refused() {
    return Stream.of(
        // time
        arguments("while true do end", "stopped"),
        arguments("while true do pcall(function() while true do end end) end", "stopped"),
        arguments("pcall(error) repeat until false", "stopped"),
        arguments(
            "xpcall(function() while true do end end, function() while true do end end)",
            "stopped"),
        arguments("local function f() return f() end f()", "stopped"),
        arguments("for i = 1, math.huge do end", "stopped"),
        arguments("for i = 1, 0, 0 do end for i = 1, 2, 0 do end", "stopped"),
        arguments(
            "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) return t[1]",
            "stack overflow"),
        arguments(
            "local t = {} for i = 1, 1e5 do t[i] = i end for i = 1, 1e5 do t[i] = nil end while true do next(t) end",
            "stopped"),
        arguments(
            "local t = {} for i = 1, 1e5 do t[i] = 0 end while true do table.insert(t, 1, 0) table.remove(t, 1) end",
            "stopped"),
        arguments("table.sort({3, 2, 1}, function() while true do end end)", "stopped"),
        arguments(
            "table.sort(setmetatable({}, {__len = function() return 1e9 end}), rawequal)", ""),
        arguments(
            "table.concat(setmetatable({}, {__index = function() return 'x' end}), '', 1, 1e12)",
            ""),
        arguments("string.gsub(('x'):rep(1e5), '.', function() while true do end end)", "stopped"),
        // patterns
        arguments("return (('a'):rep(40):find(('a*'):rep(20) .. 'b'))", "stopped"),
        arguments("return (('a'):rep(1e5):find(('.-'):rep(30) .. 'b'))", "stopped"),
        arguments("local s = ('('):rep(2e5) while true do s:find('%b()') end", "stopped"),
        arguments("for i = 1, 1e6 do (('a'):rep(1e6)):find('aaaaaaaaab', 1, true) end", "stopped"),
        arguments("return string.match('x', ('('):rep(40) .. ')')", "too many captures"),
        arguments("return string.match(('x'):rep(300), ('x?'):rep(300) .. ('x'):rep(300))", ""),
        arguments("return re.find(('a'):rep(1e6), '(a*)*(b|c|d)*(a*)*e')", "stopped"),
        arguments("return re.test('x', '((a{1000}){1000}){1000}')", "too large"),
        arguments("return re.test('x', ('(a|b)'):rep(1000))", "too long"),
        arguments("return grok('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b', ('a'):rep(300))", "stopped"),
        arguments("return grok(('%{GREEDYDATA:a} '):rep(20) .. 'x', ('y '):rep(5000))", "stopped"),
        // memory
        arguments("return ('x'):rep(1e9)", "too long"),
        arguments("return ('x'):rep(1e308)", "too long"),
        arguments("return ('x'):rep(1e8, 'y')", "too long"),
        arguments("while true do pcall(string.rep, 'x', 1e7) end", "stopped"),
        arguments("local s = 'x' while true do s = s .. s end", "too long"),
        arguments(
            "local s = ('x'):rep(1e6) local t = {} while true do t[#t + 1] = s .. #t end",
            "stopped"),
        arguments("local t = {} while true do t[#t + 1] = {} end", "stopped"),
        arguments(
            "local t = {} local i = 0 while true do i = i + 1 t['k' .. i] = i end", "stopped"),
        arguments(
            "local f = print while true do local g = f f = function() return g end end", "stopped"),
        arguments(
            "return table.concat((function() local t = {} for i = 1, 1e4 do t[i] = ('x'):rep(1e4) end return t end)())",
            ""),
        arguments("return (('x'):rep(1e5):gsub('x', ('y'):rep(1e5)))", ""),
        arguments("return (re.gsub(('x'):rep(1e5), 'x', ('y'):rep(1e5)))", ""),
        arguments("return (('x'):rep(1e5):gsub('x', '%0%0%0%0%0%0%0%0' .. ('%0'):rep(1e4)))", ""),
        arguments("return table.unpack({}, 1, 1e8)", "too many results"),
        arguments("return string.byte(('x'):rep(1e6), 1, -1)", "too long"),
        arguments("return string.format('%099999999d', 1)", "invalid conversion"),
        arguments("return string.format(('%99s'):rep(1e6), 1)", ""),
        arguments(
            "local t = {} for i = 1, 1e5 do t[i] = i end return json.encode(t) .. (function() while true do json.encode(t) end end)()",
            "stopped"),
        // long texts, which the host would copy
        arguments(LONG + "while true do pcall(log.info, s) end", "stopped"),
        arguments(LONG + "while true do pcall(error, s) end", "stopped"),
        arguments(LONG + "while true do pcall(drop, s) pcall(retry, s) end", "stopped"),
        arguments(LONG + "while true do pcall(env, s) pcall(shared, s) end", "stopped"),
        arguments(LONG + "while true do pcall(time.format, 1, s) pcall(os.date, s) end", "stopped"),
        arguments(LONG + "while true do pcall(re.escape, s) pcall(re.test, 'x', s) end", "stopped"),
        arguments(LONG + "while true do pcall(string.format, s) end", "stopped"),
        arguments(LONG + "while true do pcall(load, 'x', s) end", "stopped"),
        arguments(LONG + "while true do pcall(function() return req[s] end) end", "stopped"),
        arguments(LONG + "while true do pcall(function() return json[s] end) end", "stopped"),
        arguments(LONG + "while true do pcall(function() return _G[s] end) end", "stopped"),
        arguments(LONG + "while true do pcall(function() req.query[s] = s end) end", "stopped"),
        arguments(LONG + "while true do pcall(function() req.cookies[s] = s end) end", "stopped"),
        arguments(LONG + "while true do pcall(function() req.path = s end) end", "stopped"),
        arguments(LONG + "while true do pcall(request, {url = s}) end", "stopped"),
        arguments(LONG + "while true do pcall(request, {[s] = s}) end", "stopped"),
        arguments(LONG + "error(s)", "stopped"),
        arguments(LONG + "error({s})", ""),
        arguments(LONGISH + "req.method = s", "too long"),
        arguments(LONGISH + "req.host = s", "too long"),
        arguments(LONGISH + "req.bucket = s", "too long"),
        arguments(LONG + "req.path = '/' .. s", ""),
        arguments(LONGISH + "for i = 1, 1e6 do local x = s + 1 end", "arithmetic"),
        arguments(LONG + "local t = s .. '' while s == t do end", "stopped"),
        arguments(LONG + "local t = s .. 'y' while s < t do end", "stopped"),
        // metamethods
        arguments(
            "local m = {} m.__lt = function() while true do end end return setmetatable({}, m) < setmetatable({}, m)",
            "stopped"),
        arguments(
            "return setmetatable({}, {__concat = function() while true do end end}) .. ''",
            "stopped"),
        arguments(
            "return -setmetatable({}, {__unm = function() while true do end end})", "stopped"),
        arguments(
            "for k in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end",
            "stopped"),
        arguments("local m = {} m.__index = m m.__newindex = m setmetatable(m, m) m.x = 1", "loop"),
        arguments(
            "local t = setmetatable({}, {__mode = 'k'}) while true do t[{}] = {} end", "stopped"),
        arguments(
            "local t = setmetatable({}, {__mode = 'v'}) while true do t[#t + 1] = ('x'):rep(1e5) end",
            "stopped"),
        arguments("error(setmetatable({}, {__tostring = function() while true do end end}))", ""),
        arguments(
            "print(setmetatable({}, {__tostring = function() while true do end end}))", "stopped"),
        arguments(
            "return ('%s'):format(setmetatable({}, {__tostring = function() while true do end end}))",
            "stopped"),
        arguments(
            "setmetatable(_G, {__index = function() while true do end end}) return nothing",
            "stopped"),
        arguments("return #req", "length"),
        arguments("return req()", "call"),
        arguments("return load(function() while true do end end)", "stopped"),
        arguments("return load(function() return 'x' end)", "stopped"),
        arguments(
            "while true do for name in pairs(req.headers) do req.headers:add('X', 'y') end end",
            "stopped"),
        arguments("local t = {} t.t = t return json.encode(t)", "nest"),
        arguments("return json.decode(('['):rep(1e5))", "not JSON"),
        arguments(
            "local j = json.decode('[[]]') for i = 1, 64 do j[1] = j end return json.encode(j)",
            ""),
        arguments("local j = json.array() while true do j[#j + 1] = j end", ""),
        // depth
        arguments("local function f() return 1 + f() end f()", "stack overflow"),
        arguments(
            "local t = setmetatable({}, {}) getmetatable(t).__call = t return t()",
            "stack overflow"),
        arguments(
            "local t = setmetatable({}, {__tostring = tostring}) return tostring(t)",
            "stack overflow"),
        arguments(
            "local t = {} for i = 1, 200 do t = setmetatable({}, {__index = t}) end return t.x",
            ""),
        arguments("local function f() pcall(f) f() end f()", "stopped"),
        arguments("local function f() return coroutine.wrap(f)() end f()", "coroutines"),
        arguments("return load(('('):rep(1e4) .. '1' .. (')'):rep(1e4))()", "nil"),
        // coroutines
        arguments("coroutine.wrap(function() while true do end end)()", "stopped"),
        arguments(
            "local c = {} while true do c[#c + 1] = coroutine.create(function() coroutine.yield() end) coroutine.resume(c[#c]) end",
            ""),
        arguments("while true do coroutine.wrap(function() end)() end", "stopped"),
        arguments(
            "coroutine.wrap(function() pcall(function() while true do end end) end)() while true do end",
            "stopped"),
        arguments(
            "coroutine.wrap(function() local s = 'x' while true do s = s .. s end end)()",
            "too long"),
        arguments("coroutine.yield()", "outside a coroutine"),
        // fan-out
        arguments("local t = {} for i = 1, 1e6 do t[i] = req end return t", ""),
        arguments("local t = {} for i = 1, 101 do t[i] = req end return t", "at most 100"),
        arguments(
            "return setmetatable({}, {__len = function() return 1e9 end, __index = function() return req end})",
            ""),
        // Java, files, bytecode
        arguments("return luajava.bindClass('java.lang.System')", "no access to Java"),
        arguments("return luajava", "no access to Java"),
        arguments("return os.execute('true')", "nil"),
        arguments("return os.getenv('PATH')", "nil"),
        arguments("return os.exit()", "nil"),
        arguments("return os.remove('x')", "nil"),
        arguments("return io.open('/etc/passwd')", "no access to files"),
        arguments("return require 'ffi'", "one file"),
        arguments("return package.loaded", "one file"),
        arguments("return dofile('/etc/passwd')", "one file"),
        arguments("return loadfile('/etc/passwd')", "one file"),
        arguments("return debug.getinfo(1)", "debugger"),
        arguments("return _G.io", "no access to files"),
        arguments("local f, why = load(string.char(27) .. 'Lua') error(why)", "bytecode"),
        arguments("return string.dump(function() end)", "nil"),
        arguments("return load('while true do end')()", "stopped"),
        arguments("return load('return 1', 'x', 't', {})", "another environment"),
        arguments("local _ENV = {} while true do end", "stopped"),
        arguments("local f, why = load(('x = 1 '):rep(2e4)) error(why)", "chunk too long"),
        arguments("while true do load('local x = ' .. ('1 + '):rep(1000) .. '1') end", "stopped"),
        // the metatable of strings
        arguments("getmetatable('').__index = {}", "index"),
        arguments("setmetatable('', {})", "table expected"),
        arguments("string.upper = nil", "read-only"),
        arguments("rawset(string, 'upper', nil)", "read-only"),
        arguments("setmetatable(string, {})", "read-only"),
        arguments("table.insert(string, 1)", "read-only"),
        arguments("('x').y = 1", "index"),
        // what is not there
        arguments("return req.mehtod", "did you mean \"method\"?"),
        arguments("req.method.x = 1", ""),
        arguments("return jsn.encode", "did you mean \"json\"?"),
        arguments("return json.enocde", "did you mean \"encode\"?"),
        arguments("req.id = 'x'", "read-only"),
        arguments("req.headers['X'] = 'a\\r\\nEvil: b'", "line end"),
        arguments("req.headers['X: y'] = 'a'", "cannot have the form"),
        arguments("req.path = '/a b'", "no spaces"),
        arguments("req.path = '/a\\r\\nHost: evil'", "no spaces"),
        arguments("req.method = 'GET / HTTP/1.1\\r\\n'", "cannot have the form"),
        arguments("req.host = 'a/b'", "cannot have the form"),
        arguments("setmetatable(req, {})", "table expected"),
        arguments("rawset(req, 'x', 1)", "table expected"),
        arguments("return env('PATH')", "declares no environment variable"),
        arguments("return secret('token')", "declares no secret"),
        arguments("emit(req)", "timers"),
        arguments("every('1s', print)", "while the script is loaded"),
        arguments("for i = 1, 1e9 do shared('a' .. i) end", "more than 64"),
        arguments("for i = 1, 1e9 do shared('x'):set('k' .. i, ('v'):rep(1000)) end", ""),
        arguments("return 42", "expected nothing, true, false"),
        arguments("return {42}", "expected requests"),
        arguments("return {a = 1}", "expected a list"),
        arguments("error({})", ""),
        arguments("error()", ""),
        arguments("error(nil, 2)", ""));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesOrStops(String body, String message) throws Exception {
    ScriptSettings script = Scripts.file(
        folder,
        "test.lua",
        "function on_capture(req)\nif req.path == '/attack' then " + body + " end\nend");
    try (Hook hook = open(script, 5_000_000, Duration.ofMillis(20))) {
      long allocated = allocated();
      long start = System.nanoTime();
      Result result = hook.run(Captures.post("/attack", "body"));
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(result).isInstanceOf(Result.Failed.class);
      assertThat(((Result.Failed) result).message())
          .matches("(?s)(test.lua: load|test.lua):\\d+: .*")
          .contains(message);
      assertThat(took).isLessThan(PATIENCE);
      assertThat(allocated() - allocated).isLessThan(MOST_ALLOCATED);
      assertThat(hook.run(Captures.get("/next"))).isInstanceOf(Result.Kept.class);
      await()
          .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
              .noneMatch(thread -> thread.getName().endsWith("-lua")));
    }
  }

  /** With all the time in the world it is the memory that ends these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "while true do pcall(string.rep, 'x', 1e7) end",
        "local s = ('x'):rep(1e6) local t = {} while true do t[#t + 1] = s .. #t end",
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} local i = 0 while true do i = i + 1 t['k' .. i] = i end",
        "local f = print while true do local g = f f = function() return g end end",
        "local c = coroutine.wrap(function() while true do coroutine.yield(('x'):rep(1e6)) end end) while true do c() end",
        "local j = json.array() while true do j[#j + 1] = 'x' end"
      })
  void stopsByMemoryAlone(String body) throws Exception {
    ScriptSettings script =
        Scripts.file(folder, "test.lua", "function on_capture(req) " + body + " end");
    try (Hook hook = open(script, Long.MAX_VALUE / 100, Duration.ofSeconds(60))) {
      assertThat(hook.run(Captures.get("/")))
          .isEqualTo(
              new Result.Failed("test.lua:1: stopped: the call used more than 64.0 MB of memory"));
    }
  }

  private static Hook open(ScriptSettings script, long instructions, Duration time)
      throws Exception {
    Limits limits = new Limits(
        instructions,
        time,
        ByteSize.ofMegabytes(64),
        ByteSize.ofMegabytes(32),
        ByteSize.ofMegabytes(16),
        100);
    Host host = new Host(InstantSource.system(), Ticker.SYSTEM, limits, new Shared(Ticker.SYSTEM));
    return ScriptSet.load(List.of(script), Scope.of(Stage.CAPTURE), host).open();
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "req.body .. #kept",
        "{[#kept] = {req.body .. #kept}}",
        "(function() local s = req.body .. #kept return function() return s end end)()",
        "(req.body .. #kept):gmatch('.')",
        "re.gmatch(req.body .. #kept, '.')",
        "coroutine.wrap((function() local s = req.body .. #kept return function() return s end end)())",
        "setmetatable({}, {s = req.body .. #kept})",
        "json.decode('[\"' .. req.body .. #kept .. '\"]')",
        "request{body = req.body .. #kept}",
        "req",
        "req:clone()",
        "req.headers",
        "req.cookies",
        "req.query",
        "req.form",
        "req.meta",
        "pairs(req.headers)",
        "pairs(req.meta)",
        "req.response",
        "req.response.headers"
      })
  void boundsWhatAScriptKeepsBetweenCalls(String thing) throws Exception {
    try (Hook hook = Scripts.open(folder, Stage.CAPTURE, """
        local kept = {}
        function on_capture(req) kept[#kept + 1] = %s end""".formatted(thing))) {
      String body = "x".repeat(200_000);
      int failures = 0;
      for (int i = 0; i < 800; i++) {
        if (hook.run(answered(body)) instanceof Result.Failed failed) {
          assertThat(failed.message()).contains("keeps more than 32.0 MB between calls");
          failures++;
        }
      }
      assertThat(failures).isBetween(2, 12);
    }
  }

  /** A form, and an answer with the same body. */
  private static Capture answered(String body) {
    Capture asked = Captures.post("/", body, "Content-Type", "application/x-www-form-urlencoded");
    Response answer = new Response(
        200, "HTTP/1.1", Headers.NONE, asked.request().body(), Headers.NONE, Duration.ZERO);
    return new Capture(
        asked.source(),
        asked.kind(),
        asked.capturedAt(),
        asked.session(),
        asked.request(),
        answer,
        Map.of());
  }

  @Test
  void keepsOneScriptsGlobalsFromAnother() throws Exception {
    try (Hook first = Scripts.capturing(folder, "x = 1 drop = nil");
        Hook second = Scripts.capturing(folder, "return drop(tostring(rawget(_G, 'x')))")) {
      assertThat(first.run(Captures.get("/"))).isInstanceOf(Result.Kept.class);
      assertThat(second.run(Captures.get("/"))).isEqualTo(new Result.Dropped("nil"));
    }
  }
}
