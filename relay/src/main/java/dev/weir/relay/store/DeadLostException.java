package dev.weir.relay.store;

import java.io.IOException;

/** A dead store was found damaged: it begins anew, and what stood in it is gone. */
public final class DeadLostException extends IOException {
  private static final long serialVersionUID = 1;

  public DeadLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
