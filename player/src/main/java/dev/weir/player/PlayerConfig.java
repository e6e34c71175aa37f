package dev.weir.player;

import dev.weir.config.AdminListener;
import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.FolderToWrite;
import dev.weir.config.RelayConnection;
import dev.weir.player.replay.Replay;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code player.yaml} says.
 *
 * @param name a label for people
 * @param admin health, metrics and counters; null: none
 */
public record PlayerConfig(
    @Default("${HOSTNAME}") String name,
    @FolderToWrite Path data,
    RelayConnection relay,
    @Nullable AdminListener admin,
    List<Replay> replays) {

  public PlayerConfig {
    replays = List.copyOf(replays);
    Check check = new Check();
    check.that(!replays.isEmpty(), "replays", "no replay: a player without one does nothing");
    for (int i = 0; i < replays.size(); i++) {
      for (int j = 0; j < i; j++) {
        check.that(
            !replays.get(i).reads(replays.get(j)),
            "replays[" + i + "].group",
            "there is a replay of bucket \"" + replays.get(i).bucket() + "\" for group \""
                + replays.get(i).group()
                + "\" already: two replays that should each see everything need two groups");
      }
    }
    check.end();
  }
}
