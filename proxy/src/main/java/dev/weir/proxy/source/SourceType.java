package dev.weir.proxy.source;

import dev.weir.config.Variant;

/** Registers a kind of source for {@code type:}, by ServiceLoader. */
public interface SourceType extends Variant {}
