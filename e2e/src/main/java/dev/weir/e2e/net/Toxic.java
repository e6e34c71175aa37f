package dev.weir.e2e.net;

import java.io.IOException;

/**
 * What a network does to one direction of its connections. A new one is one class; begin with
 * {@link #NONE}. Called by the thread of each {@link Pipe}; keeps no state of a connection.
 */
public interface Toxic {
  /** Passes everything on. */
  Toxic NONE = (bytes, count, pipe) -> {
    pipe.write(bytes, 0, count);
    return false;
  };

  /**
   * Passes on what has come, or does worse.
   *
   * @return whether it did harm
   */
  boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException;
}
