package dev.weir.relay.lease;

import dev.weir.relay.store.DeadRow.State;

/** What became of a capture that was not lost. */
enum Fate {
  DELIVERED(State.DELIVERED),
  FILTERED(State.FILTERED),
  DEAD(State.RESTING);

  /** Of the row of a dead capture that was tried again, once that is its fate. */
  final State state;

  Fate(State state) {
    this.state = state;
  }
}
