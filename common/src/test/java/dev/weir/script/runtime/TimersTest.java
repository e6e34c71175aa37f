package dev.weir.script.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.ManualTicker;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.lib.Shared;
import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TimersTest {
  /** A function that keeps more than it may: its machine breaks. */
  private static final String BREAK = """
      local kept
      local function break_it()
        for i = 1, 5 do kept = ("x"):rep(9000000 + i) end
      end
      """;

  private static final String SLOW = "every('3s', function() emit(request{path = '/slow'}) end)\n";

  @TempDir
  private Path folder;

  private final ManualTicker ticker = new ManualTicker();
  private final List<String> ticks = new ArrayList<>();

  private ScriptSet load(String... sources) throws ScriptException {
    List<ScriptSettings> scripts = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      scripts.add(Scripts.file(folder, "s" + i + ".lua", sources[i]));
    }
    Limits limits = new Limits(
        5_000_000,
        Duration.ofSeconds(10),
        ByteSize.ofMegabytes(64),
        ByteSize.ofMegabytes(8),
        ByteSize.ofMegabytes(16),
        100);
    Host host = new Host(InstantSource.system(), ticker, limits, new Shared(ticker));
    return ScriptSet.load(scripts, Scope.of(Stage.CAPTURE), host);
  }

  private Timers timers(ScriptSet set) {
    return set.timers(
        emitted -> emitted.forEach(each -> ticks.add(each.capture().request().target())));
  }

  private void run(ScriptSet set, int seconds) {
    try (Timers timers = timers(set)) {
      timers.step();
      for (int i = 0; i < seconds; i++) {
        ticker.advance(Duration.ofSeconds(1));
        timers.step();
      }
    }
  }

  @Test
  void areCalledByTheClockAndEmit() throws Exception {
    ScriptSet set = load("""
        local n = 0
        every("30s", function()
          n = n + 1
          if n == 2 then error("once") end
          emit(request{path = "/tick/" .. n})
        end)""");
    try (Timers timers = timers(set)) {
      timers.step();
      assertThat(ticks).isEmpty();
      for (int i = 0; i < 3; i++) {
        ticker.advance(Duration.ofSeconds(30));
        timers.step();
      }
      ticker.advance(Duration.ofMinutes(5));
      timers.step();
      timers.step();
    }
    assertThat(ticks).containsExactly("/tick/1", "/tick/3", "/tick/4");
    assertThat(set.reports().get(0).errors()).isEqualTo(1);
  }

  @Test
  void countWhatTheSinkRefusesAsAnError() throws Exception {
    ScriptSet set = load("every('1s', function() emit(request{url = 'http://x/'}) end)");
    try (Timers timers = set.timers(emitted -> {
      throw new ScriptException("emit: no room");
    })) {
      timers.step();
      ticker.advance(Duration.ofSeconds(1));
      timers.step();
    }
    assertThat(set.reports().get(0).lastError()).isEqualTo("s0.lua: emit: no room");
  }

  @Test
  void keepTheirTimeWhereAnotherScriptBreaks() throws Exception {
    ScriptSet set = load(BREAK + "every('1s', break_it)", SLOW);
    run(set, 7);
    assertThat(set.reports().get(0).errors()).as("it breaks each time").isEqualTo(7);
    assertThat(ticks).containsExactly("/slow", "/slow");
  }

  @Test
  void keepTheirTimeWhereAnotherOneOfTheirScriptBreaksIt() throws Exception {
    run(load(BREAK + "every('1s', break_it)\n" + SLOW), 7);
    assertThat(ticks).containsExactly("/slow", "/slow");
  }

  @Test
  void startAgainAfterAStartThatFailed() throws Exception {
    // the first start proves that it can, the second runs until it breaks
    ScriptSet set = load(BREAK + """
        if shared("count"):incr("starts") == 3 then error("not now") end
        every("2s", function()
          emit(request{path = "/tick"})
          if shared("count"):incr("calls") == 1 then break_it() end
        end)""");
    run(set, 5);
    assertThat(set.reports().get(0).lastError()).contains("not now");
    assertThat(ticks).as("what broke it was not emitted").containsExactly("/tick");
  }

  @Test
  void leaveNoMachineThatIsNotStopped() throws Exception {
    String counts = """
        shared("open"):incr("n")
        function on_stop() shared("open"):incr("n", -1) end
        function on_capture(req) req.meta.open = shared("open"):get("n") end
        """;
    ScriptSet set = load(counts, counts + "every('1s', function() end)");
    try (Hook hook = set.open()) {
      try (Timers timers = timers(set)) {
        timers.step();
        assertThat(open(hook)).as("two in the chain, one that has a timer").isEqualTo("3");
      }
      assertThat(open(hook)).isEqualTo("2");
    }
  }

  private static String open(Hook hook) {
    Result result = hook.run(Captures.get("/"));
    return ((Result.Kept) result).emissions().get(0).capture().meta().get("open");
  }
}
