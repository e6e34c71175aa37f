package dev.weir.script;

/** Where a hook runs, which decides what it may do. */
public enum Stage {
  /** In the proxy, before anything is written to disk. */
  CAPTURE("on_capture"),
  /** In the relay, on arrival. */
  RELAY("on_relay"),
  /** In the player, before each attempt. */
  REPLAY("on_replay"),
  /** In the player, after each attempt. */
  RESPONSE("on_response"),
  /** In the player, for targets that take batches. */
  BATCH("on_batch");

  private final String function;

  Stage(String function) {
    this.function = function;
  }

  /** The global function of a script that is this stage's hook. */
  public String function() {
    return function;
  }
}
