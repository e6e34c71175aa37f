package dev.weir.relay.lease;

/** What became of a settlement. */
public enum Settled {
  /** Booked; to be committed before it is answered. */
  BOOKED,
  /** No such lease: nothing changed. */
  UNKNOWN_LEASE,
  /** It names an offset that the lease never had: nothing changed. */
  FOREIGN_OFFSET
}
