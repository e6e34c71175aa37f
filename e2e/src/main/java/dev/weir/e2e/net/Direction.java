package dev.weir.e2e.net;

/** A direction of a connection. */
public enum Direction {
  /** From who has dialed. */
  UP,
  /** To who has dialed. */
  DOWN
}
