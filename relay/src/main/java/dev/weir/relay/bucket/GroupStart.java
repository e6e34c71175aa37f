package dev.weir.relay.bucket;

/** Where a new group begins. */
public enum GroupStart {
  /** With the oldest capture present. */
  OLDEST,
  /** With what comes from now on. */
  NEWEST
}
