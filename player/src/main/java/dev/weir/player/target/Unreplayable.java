package dev.weir.player.target;

/** A capture that no attempt can send as it was captured. The message says why. */
final class Unreplayable extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;

  Unreplayable(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
