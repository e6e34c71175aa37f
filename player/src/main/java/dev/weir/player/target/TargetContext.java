package dev.weir.player.target;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a target may use of its player.
 *
 * @param player the player's name
 * @param data the player's data directory; a target keeps its own state in a folder of its name
 */
public record TargetContext(String player, Path data, InstantSource clock) {}
