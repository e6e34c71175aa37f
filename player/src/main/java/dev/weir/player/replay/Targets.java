package dev.weir.player.replay;

import dev.weir.player.target.Target;
import dev.weir.player.target.TargetConfig;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The targets of one replay: its own, and those that a script may choose by name. Immutable. */
public final class Targets {
  private final Choice own;
  private final Map<String, Choice> named;

  /** One of them, and its rules. */
  public record Choice(Target target, TargetConfig config) {
    Duration timeout() {
      return config.timeout();
    }

    boolean mayChange() {
      return config.mayChange();
    }
  }

  public Targets(Choice own, Map<String, Choice> named) {
    this.own = own;
    this.named = Map.copyOf(named);
  }

  /** @param name null: the replay's own; a name that there is else, which scripts are held to */
  Choice choose(@Nullable String name) {
    return name == null ? own : named.getOrDefault(name, own);
  }
}
