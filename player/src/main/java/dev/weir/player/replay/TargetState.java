package dev.weir.player.replay;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the target is worth an attempt, as the replay last looked. Logs when that changes. The
 * replay's thread's own.
 */
final class TargetState {
  private static final Logger LOG = LoggerFactory.getLogger(TargetState.class);

  private final String bucket;
  private final ReplayMeter meter;
  private final Circuit circuit = new Circuit();
  private Circuit.State last = Circuit.State.CLOSED;

  TargetState(String bucket, ReplayMeter meter) {
    this.bucket = bucket;
    this.meter = meter;
  }

  Circuit.State circuit() {
    return last;
  }

  /** Nothing is tried. */
  boolean isOpen() {
    return last == Circuit.State.OPEN;
  }

  /** One attempt at a time shows whether it is back. */
  boolean isProbed() {
    return last == Circuit.State.HALF_OPEN;
  }

  void succeeded() {
    circuit.succeeded();
  }

  void failed(long now) {
    circuit.failed(now);
  }

  Duration untilProbe(long now) {
    return circuit.untilProbe(now);
  }

  /** Looks. @return whether it has just been found open */
  boolean opens(long now) {
    Circuit.State before = last;
    last = circuit.state(now);
    if (last == before) {
      return false;
    }
    meter.circuit(last);
    if (before == Circuit.State.CLOSED) {
      LOG.warn(
          "bucket \"{}\": the target fails ({}); leasing stops, with a try now and then",
          bucket,
          meter.lastError());
    } else if (last == Circuit.State.CLOSED) {
      LOG.info("bucket \"{}\": the target is back", bucket);
    }
    return isOpen();
  }
}
