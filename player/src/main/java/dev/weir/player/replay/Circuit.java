package dev.weir.player.replay;

import java.time.Duration;

/**
 * Whether a target is worth an attempt. After ten failures in a row it opens, and nothing is tried;
 * after a while one attempt probes: it closes the circuit, or opens it for twice as long. So a
 * target that is down costs a few attempts and not a backlog's. One thread's own.
 *
 * <p>Failsafe's breaker has the same states, but its own clock and an execution model around the
 * call; here the replay makes the call, and tests set the clock.
 */
final class Circuit {
  static final int FAILURES_TO_OPEN = 10;
  static final Duration SHORTEST = Duration.ofSeconds(2);
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** As the page shows it. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN;

    @Override
    public String toString() {
      return this == HALF_OPEN ? "half-open" : this == OPEN ? "open" : "closed";
    }
  }

  private State state = State.CLOSED;
  private int failures;
  private Duration pause = SHORTEST;
  private long probeAt;

  /** An open circuit whose time is over is half open. */
  State state(long now) {
    if (state == State.OPEN && now - probeAt >= 0) {
      state = State.HALF_OPEN;
    }
    return state;
  }

  /** How long an open circuit stays so. */
  Duration untilProbe(long now) {
    return state == State.OPEN ? Duration.ofNanos(Math.max(0, probeAt - now)) : Duration.ZERO;
  }

  /** The target has taken something. */
  void succeeded() {
    failures = 0;
    pause = SHORTEST;
    state = State.CLOSED;
  }

  /** The target has failed. What was under way when the circuit opened tells nothing new. */
  void failed(long now) {
    if (state == State.CLOSED && ++failures >= FAILURES_TO_OPEN) {
      open(now);
    } else if (state == State.HALF_OPEN) {
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
      open(now);
    }
  }

  private void open(long now) {
    state = State.OPEN;
    probeAt = now + pause.toNanos();
  }
}
