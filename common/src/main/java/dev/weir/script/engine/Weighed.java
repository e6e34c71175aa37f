package dev.weir.script.engine;

import java.util.function.LongSupplier;

/** Something of the host's that a script may keep, and that takes memory. */
public interface Weighed {
  /** Puts all that it keeps alive on the scale. */
  void weigh(Scale scale);

  /** Adds up what is kept. */
  interface Scale {
    /**
     * @param thing counts once, however many keep it
     * @param bytes about what it takes, asked for that once
     */
    void put(Object thing, LongSupplier bytes);
  }
}
