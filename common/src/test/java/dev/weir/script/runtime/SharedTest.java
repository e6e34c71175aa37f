package dev.weir.script.runtime;

import static dev.weir.script.runtime.Scripts.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.script.Hook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.Limits;
import dev.weir.script.lib.Shared;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts of one name share. */
final class SharedTest {
  @TempDir
  private Path folder;

  @Test
  void aFullSharedMapForgetsWhatWasWrittenLongestAgo() throws Exception {
    try (Hook hook = Scripts.capturing(folder, """
        local map = shared("m")
        map:set("kept", "as it was")
        pcall(function() map:set("kept", {}) end)
        req.meta.kept = map:get("kept")
        for i = 1, 1e4 - 1 do map:set("k" .. i, i) end
        map:incr("k1")
        for i = 1, 2 do map:set("new" .. i, i) end
        req.meta.counted = map:get("k1")
        req.meta.oldest = tostring(map:get("k2"))""")) {
      assertThat(only(hook.run(Captures.get("/"))).meta())
          .isEqualTo(Map.of("kept", "as it was", "counted", "2", "oldest", "nil"));
    }
  }

  @Test
  void sharedCountsAreAtomicAcrossWorkers() throws Exception {
    ScriptSettings script = Scripts.file(
        folder, "s.lua", "function on_capture(req) req.meta.n = shared('n'):incr('all') end");
    ScriptSet set = ScriptSet.load(List.of(script), Scope.of(Stage.CAPTURE), Host.system());
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread worker = new Thread(() -> {
        try (Hook hook = set.open()) {
          for (int j = 0; j < 500; j++) {
            hook.run(Captures.get("/"));
          }
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    try (Hook hook = set.open()) {
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "2001");
    }
  }

  @Test
  void sharedValuesExpire() throws Exception {
    AtomicLong now = new AtomicLong();
    Host host = new Host(InstantSource.system(), now::get, Limits.DEFAULT, new Shared(now::get));
    ScriptSettings script = Scripts.file(folder, "s.lua", """
        function on_capture(req)
          shared("s"):add("k", 1, "10s")
          req.meta.n = shared("s"):incr("k")
        end""");
    try (Hook hook =
        ScriptSet.load(List.of(script), Scope.of(Stage.CAPTURE), host).open()) {
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "2");
      now.addAndGet(Duration.ofSeconds(9).toNanos());
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "3");
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "2");
    }
  }
}
