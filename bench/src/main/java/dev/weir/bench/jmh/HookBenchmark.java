package dev.weir.bench.jmh;

import dev.weir.capture.Capture;
import dev.weir.script.Hook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One call of scripts/scrub-session-cookies.lua that takes one cookie of two out, sandbox and
 * budget included.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HookBenchmark {
  private final Capture capture = Orders.capture();
  private Hook hook = Hook.NONE;

  @Setup
  public void open() throws ScriptException {
    hook = ScriptSet.load(
            List.of(ScriptSettings.of(Path.of("scripts", "scrub-session-cookies.lua"))),
            Scope.of(Stage.CAPTURE),
            Host.system())
        .open();
  }

  @Benchmark
  public Hook.Result scrub() {
    return hook.run(capture);
  }
}
