package dev.weir.script.engine;

/** Something of the host's that a script may keep, and that takes memory. */
public interface Weighed {
  /** About how many bytes. */
  long weight();
}
