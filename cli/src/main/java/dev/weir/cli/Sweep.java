package dev.weir.cli;

import dev.weir.relay.fleet.Spoken;
import dev.weir.unit.Rate;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Something that is done to all dead captures that a filter means: counted first, then done page by
 * page, at a rate. Those that die meanwhile are not meant.
 *
 * @param route where the relay does it
 * @param what is done, as it follows a count
 * @param rate how many a second; null: as fast as the relay can
 * @param consent to do it; else it counts only
 */
record Sweep(String route, String what, @Nullable Rate rate, Consent consent) {
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

  /** So many pages a second keep a rate smooth. */
  private static final int PAGES = 4;

  int run(CommandSpec spec, AdminOptions admin, DeadOptions dead, Predicate<DeadPage.Dead> counts)
      throws IOException, Failure, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    long[] matched = {0};
    long[] last = {0};
    long[] done = {0};
    try (RelayDesk desk = admin.open()) {
      String list = Protocol.deadListPath(dead.bucket());
      dead.pages(desk, list, null, DeadQuery.MOST, page -> {
        matched[0] += page.dead().stream().filter(counts).count();
        last[0] = page.last();
        return true;
      });
      err.println(Spoken.count(matched[0]) + " dead captures of bucket \"" + dead.bucket() + "\" "
          + what + (matched[0] == 0 ? "" : consent.hint()));
      if (consent.isGiven() && matched[0] > 0) {
        work(desk, dead, last[0], matched[0], done, err);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (admin.json()) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("matched", matched[0]);
      said.put("done", done[0]);
      said.put("dryRun", !consent.isGiven());
      out.println(Json.text(said));
      out.flush();
    }
    return ExitCode.DONE;
  }

  private void work(
      RelayDesk desk, DeadOptions dead, long through, long matched, long[] done, PrintWriter err)
      throws Failure, InterruptedException {
    Pacing pacing = new Pacing(rate);
    try {
      dead.pages(desk, route, through, pacing.most(), page -> {
        done[0] += page.dead().size();
        if (pacing.isTimeToTalk()) {
          err.println(Spoken.count(done[0]) + " of " + Spoken.count(matched));
          err.flush();
        }
        pacing.await(done[0]);
        return true;
      });
    } catch (Failure e) {
      err.println(Spoken.count(done[0]) + " of " + Spoken.count(matched)
          + " are done; run it again for the rest");
      throw e;
    }
    err.println(Spoken.count(done[0]) + " of " + Spoken.count(matched) + " done");
  }

  /** Keeps a rate, and says when progress is to be told. */
  private static final class Pacing {
    private final @Nullable Rate rate;
    private final long started = System.nanoTime();
    private long talked = started;

    Pacing(@Nullable Rate rate) {
      this.rate = rate;
    }

    int most() {
      return rate == null
          ? DeadQuery.MOST
          : (int) Math.max(1, Math.min(DeadQuery.MOST, rate.perSecond() / PAGES));
    }

    boolean isTimeToTalk() {
      long now = System.nanoTime();
      boolean time = now - talked >= PROGRESS_EVERY.toNanos();
      talked = time ? now : talked;
      return time;
    }

    void await(long done) throws InterruptedException {
      if (rate != null) {
        long due = started + (long) (done * 1e9 / rate.perSecond());
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
    }
  }
}
