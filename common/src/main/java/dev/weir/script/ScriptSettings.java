package dev.weir.script;

import dev.weir.config.Default;
import dev.weir.config.FileToRead;
import dev.weir.config.Secret;
import dev.weir.config.Shorthand;
import java.nio.file.Path;
import java.util.Map;

/**
 * One script as the configuration names it: with what it may see, or by its path alone.
 *
 * @param params given to {@code on_start}: strings, numbers, booleans, lists and maps of them
 * @param env what {@code env(name)} may read; an empty value: declared, and not set
 * @param secrets what {@code secret(name)} may read
 * @param keepOnError whether a capture goes on as it is when the hook fails on it; never right for
 *     a scrubber
 */
@Shorthand("file")
public record ScriptSettings(
    @FileToRead Path file,
    Map<String, Object> params,
    Map<String, String> env,
    Map<String, Secret> secrets,
    @Default("false") boolean keepOnError) {
  public ScriptSettings {
    params = Map.copyOf(params);
    env = Map.copyOf(env);
    secrets = Map.copyOf(secrets);
  }

  public static ScriptSettings of(Path file) {
    return new ScriptSettings(file, Map.of(), Map.of(), Map.of(), false);
  }

  /** How messages and pages call it. */
  public String name() {
    Path name = file.getFileName();
    return name == null ? file.toString() : name.toString();
  }

  @Override
  public String toString() {
    return file.toString(); // never its secrets
  }
}
