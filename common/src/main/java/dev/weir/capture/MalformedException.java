package dev.weir.capture;

import java.io.IOException;

/** Bytes that are not what their format says they should be. The message tells where. */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long offset;

  public MalformedException(String what, long offset) {
    super(what + " at byte " + offset);
    this.offset = offset;
  }

  /** The first byte that made no sense, counted from 0. */
  public long offset() {
    return offset;
  }
}
