package dev.weir.player.replay;

import dev.weir.capture.Response;
import dev.weir.player.target.Outcome;
import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of a capture: to the lease book, which tells the feed, and to the meter. The
 * replay's thread's own.
 */
final class Settler {
  private final LeaseBook leases;
  private final ReplayMeter meter;

  Settler(LeaseBook leases, ReplayMeter meter) {
    this.leases = leases;
    this.meter = meter;
  }

  void delivered(Work work) {
    meter.delivered();
    leases.decide(work.lease(), d -> d.delivered(work.offset(), work.id()));
  }

  void filtered(Work work, String reason) {
    meter.filtered();
    leases.decide(work.lease(), d -> d.filtered(new Settlement.Refusal(work.offset(), reason)));
  }

  /** @param counts whether the attempt that failed is used up by it */
  void retry(Work work, Duration after, String reason, boolean counts) {
    meter.retried(reason);
    putOff(work, after, reason, !counts);
  }

  /** Leased again after a while, without an attempt. */
  void held(Work work, Duration delay) {
    putOff(work, delay, "held by a script", true);
  }

  private void putOff(Work work, Duration after, String reason, boolean held) {
    close(work);
    leases.decide(
        work.lease(),
        d -> d.retry(new Settlement.Retry(work.offset(), after.toMillis(), reason, held)));
  }

  /** @param last the last attempt's outcome, or null where there was none */
  void dead(HeldLease lease, long offset, String reason, @Nullable Outcome last) {
    meter.dead(reason);
    Response answer = last == null ? null : last.answer();
    leases.decide(
        lease,
        d -> d.dead(new Settlement.Dead(
            offset,
            reason,
            answer == null ? 0 : answer.status(),
            answer == null ? null : beginning(answer.body().bytes()))));
  }

  private static byte[] beginning(byte[] body) {
    return body.length <= Outcome.MAX_ANSWER ? body : Arrays.copyOf(body, Outcome.MAX_ANSWER);
  }

  /** Handed back unstarted. */
  void released(Work work) {
    close(work);
    leases.decide(work.lease(), d -> d.released(work.offset()));
  }

  private void close(Work work) {
    if (!work.lane().isEmpty()) {
      leases.closeLane(work.lease(), work.lane());
    }
  }
}
