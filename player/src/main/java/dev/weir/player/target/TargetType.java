package dev.weir.player.target;

import dev.weir.config.Variant;

/** Registers a kind of target for {@code type:}, by ServiceLoader. */
public interface TargetType extends Variant {}
