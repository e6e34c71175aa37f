package dev.weir.script.runtime;

import static dev.weir.script.runtime.Scripts.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.lib.Shared;
import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script whose machine breaks and does not start again fails closed, whatever it is asked. */
final class BrokenScriptTest {
  /** It starts for the check of its set and once more. */
  private static final String STARTS_ONCE = """
      function on_start() if shared("s"):incr("starts") > 2 then error("no third start") end end
      function %s() end""";

  /** A machine breaks over it, as no machine may keep anything. */
  private static final Capture HUGE = Captures.post("/", "x".repeat(33 << 20));

  @TempDir
  private Path folder;

  private PlayerHook keepingNothing(boolean keepOnError, String... sources) throws ScriptException {
    List<ScriptSettings> settings = new ArrayList<>();
    for (String source : sources) {
      Path file = Scripts.file(folder, "s" + settings.size() + ".lua", source).file();
      settings.add(new ScriptSettings(file, Map.of(), Map.of(), Map.of(), keepOnError));
    }
    Limits usual = Limits.DEFAULT;
    Limits narrow = new Limits(
        usual.instructions(),
        usual.time(),
        usual.memory(),
        new ByteSize(1),
        usual.string(),
        usual.fanOut());
    Host host = new Host(InstantSource.system(), () -> 0, narrow, new Shared(() -> 0));
    return ScriptSet.load(settings, Scope.of(Stage.REPLAY), host).open();
  }

  @Test
  void failsClosedAtAnswersToo() throws Exception {
    try (PlayerHook hook = keepingNothing(false, STARTS_ONCE.formatted("on_response"))) {
      for (Capture sent : List.of(HUGE, Captures.get("/1"), Captures.get("/2"))) {
        assertThat(hook.judge(sent, Origin.NONE, Captures.answer(200, "secret"), null))
            .isInstanceOf(Verdict.Failed.class);
      }
    }
  }

  @Test
  void failsClosedAtBatchesToo() throws Exception {
    try (PlayerHook hook = keepingNothing(false, STARTS_ONCE.formatted("on_batch"))) {
      for (Capture sent : List.of(HUGE, Captures.get("/1"), Captures.get("/2"))) {
        assertThat(hook.batch(List.of(sent))).isInstanceOf(Result.Failed.class);
      }
    }
  }

  @Test
  void startsAScriptAgainThoughAnotherDoesNotStart() throws Exception {
    String marks = "function on_replay(req) req.meta.seen = 'yes' end";
    try (Hook hook = keepingNothing(true, STARTS_ONCE.formatted("on_replay"), marks)) {
      assertThat(only(hook.run(HUGE)).meta()).isEmpty();
      assertThat(only(hook.run(Captures.get("/"))).meta()).isEqualTo(Map.of("seen", "yes"));
    }
  }
}
