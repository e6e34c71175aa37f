package dev.weir.relay.store;

/**
 * A row of a dead store.
 *
 * @param number rises with time; a row keeps its own
 */
public record DeadRow(long number, State state, DeadCapture capture) {
  /** What is to become of a row. */
  public enum State {
    /** Nothing by itself. */
    RESTING(0),
    /** Its group tries it again. */
    DUE(1),
    /** Its group delivered it, and the row goes once the group's book says so. */
    DELIVERED(2),
    /** A hook chose not to deliver it; goes likewise. */
    FILTERED(3),
    /** Somebody gave it up; goes likewise. */
    PURGED(4);

    /** On disk. */
    final int code;

    State(int code) {
      this.code = code;
    }

    /** Whether it is dead no more, and only waits for the book. */
    public boolean isGone() {
      return this != RESTING && this != DUE;
    }

    static State of(int code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      return RESTING; // a later version's: nothing by itself
    }
  }

  /** @param offset where it stood in the bucket */
  public record Place(long offset, State state) {}

  public DeadId id() {
    return new DeadId(capture.group(), capture.id());
  }
}
