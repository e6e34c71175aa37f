package dev.weir.script.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.script.Hook.Result;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Scripts for tests, from text. */
final class Scripts {
  private Scripts() {}

  static ScriptSettings file(Path folder, String name, String source) {
    try {
      return ScriptSettings.of(Files.writeString(folder.resolve(name), source));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PlayerHook open(Path folder, Stage stage, String source) throws ScriptException {
    return open(Scope.of(stage), file(folder, "test.lua", source));
  }

  static PlayerHook open(Scope scope, ScriptSettings... settings) throws ScriptException {
    return ScriptSet.load(List.of(settings), scope, Host.system()).open();
  }

  /** Opens {@code on_capture} with this body. */
  static PlayerHook capturing(Path folder, String body) throws ScriptException {
    return open(folder, Stage.CAPTURE, "function on_capture(req)\n" + body + "\nend");
  }

  /** The one capture that came of one. */
  static Capture only(Result result) {
    assertThat(result).isInstanceOf(Result.Kept.class);
    assertThat(((Result.Kept) result).emissions()).hasSize(1);
    return ((Result.Kept) result).emissions().get(0).capture();
  }
}
