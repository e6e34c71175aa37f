package dev.weir.script.engine;

import org.luaj.vm2.Varargs;

/** Something of the host's that {@code pairs} can walk. */
public interface Walkable {
  /** Iterator, state and start, as {@code pairs} returns them. */
  Varargs walk();
}
