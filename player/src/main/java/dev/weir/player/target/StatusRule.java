package dev.weir.player.target;

import dev.weir.capture.Response;
import dev.weir.http.RetryAfter;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import java.time.InstantSource;
import java.util.Set;

/**
 * What a site's answer means. Any answer is one that production's clients might get, and so counts
 * as delivered, redirects and refusals too; but not those that ask to come again, and not the
 * site's own failures.
 */
record StatusRule(InstantSource clock) {
  /** Request Timeout, Too Early, Too Many Requests. */
  private static final Set<Integer> COME_AGAIN = Set.of(408, 425, 429);

  Outcome judge(Response answer) {
    if (answer.status() < 500 && !COME_AGAIN.contains(answer.status())) {
      return new Delivered(answer);
    }
    return new Retry(
        "it answered " + answer.status(),
        RetryAfter.parse(answer.headers().get("Retry-After"), clock.instant()),
        answer);
  }
}
