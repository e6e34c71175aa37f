package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.MalformedException;
import dev.weir.capture.Response;
import dev.weir.loop.Loop;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.player.PlayerConfig.Replay;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.player.target.Hops;
import dev.weir.player.target.Outcome;
import dev.weir.player.target.Target;
import dev.weir.player.target.Target.Attempt;
import dev.weir.script.Hook;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A player's work on one bucket.
 *
 * <pre>
 *  Feed ──lease──▶ Lanes ──turn, pace, circuit──▶ Admission ──▶ Target
 *   ▲              (order)                        (on_replay)     │
 *   └──extend, settle── LeaseBook ◀── delivered, filtered, retry, dead
 * </pre>
 *
 * <p>One loop's thread owns all of it. Replies of the feed and outcomes of the target come from
 * other threads, as events that the next step takes up.
 */
public final class Replayer implements Step, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replayer.class);
  private static final long MAX_BATCH_BYTES = 16 << 20;
  private static final int MAX_LEASES = 64;

  /**
   * Short, because closing must wait for it: a relay cannot see that a poll was given up, and would
   * lease to it what this player has just handed back.
   */
  private static final Duration LONG_POLL = Duration.ofSeconds(2);

  private static final Duration SETTLE_AFTER = Duration.ofMillis(50);

  /** Lets captures gather that come one by one. */
  private static final Duration BREATH = Duration.ofMillis(10);

  private static final Duration BETWEEN_EMPTY_ANSWERS = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(4);
  private static final Duration LAST_SETTLE = Duration.ofSeconds(1);
  private static final int MAX_HOOK_FAILURES = 3;

  /** In one step: each may run a hook, and leases must be kept up meanwhile. */
  private static final int MAX_STARTS = 64;

  private final Replay config;
  private final Feed feed;
  private final Target target;
  private final Ticker ticker;
  private final Admission admission;
  private final FeedState feedState;
  private final LeaseBook leases;
  private final Lanes lanes = new Lanes();
  private final Set<Work> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Pace pace;
  private final Appetite appetite;
  private final Circuit circuit = new Circuit();
  private final RetryRule retries;
  private final ReplayMeter meter;

  /** From any thread; bounded by what is under way. */
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile @Nullable Loop loop;
  private volatile boolean closing;
  private long heldBytes;
  private boolean asking;
  private long askAgainAt;
  private boolean stopped;
  private long stoppedAt;
  private Circuit.State lastCircuit = Circuit.State.CLOSED;

  public Replayer(
      Replay config,
      Feed feed,
      Target target,
      Hook onReplay,
      Ticker ticker,
      RandomGenerator random) {
    this.config = config;
    this.feed = feed;
    this.target = target;
    this.ticker = ticker;
    this.admission =
        new Admission(new Hops(config.bucket()), config.target().mayChange(), onReplay);
    this.feedState = new FeedState(config.bucket().value(), random);
    this.leases = new LeaseBook(
        feed, feedState, this::post, ticker, config.lease(), config.target().timeout());
    long now = ticker.nanos();
    this.pace = new Pace(config.rate(), now);
    this.appetite = new Appetite(config.concurrency(), now);
    this.retries = new RetryRule(config.retry(), random);
    this.meter = new ReplayMeter(ticker);
    this.askAgainAt = now;
  }

  public Replayer start() {
    loop = new Loop("replay-" + config.bucket() + "-" + config.group(), this).start();
    return this;
  }

  private void post(Runnable event) {
    events.add(event);
    Loop running = loop;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public Duration step() {
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    if (leases.extend()) {
      forget(lanes.remove(work -> work.lease().runOut));
    }
    if (closing) {
      stop();
    }
    watchCircuit();
    ask();
    startAttempts();
    leases.settle(settlePatience());
    if (stopped && !asking && underWay.isEmpty() && leases.isEmpty()) {
      drained.countDown();
    }
    return events.isEmpty() ? untilDue() : Duration.ZERO;
  }

  // ---- asking -----------------------------------------------------------------------------------

  private void ask() {
    long now = ticker.nanos();
    int room = room();
    if (asking
        || room == 0
        || now - askAgainAt < 0
        || !feedState.untilNextCall(now).isZero()) {
      return;
    }
    asking = true;
    hear(
        feed.lease(new Feed.Ask(room, MAX_BATCH_BYTES, config.lease(), LONG_POLL)),
        grant -> granted(grant, room, now));
  }

  /** How many captures to ask for: at most two batches are held, in number and in bytes. */
  private int room() {
    int held = lanes.waiting() + underWay.size();
    boolean settlesFirst = !feedState.isReachable() && leases.owes(); // or it leases that again
    if (stopped
        || settlesFirst
        || leases.size() >= MAX_LEASES
        || heldBytes > MAX_BATCH_BYTES
        || lastCircuit == Circuit.State.OPEN) {
      return 0;
    }
    if (lastCircuit == Circuit.State.HALF_OPEN) {
      return held == 0 ? 1 : 0; // the probe
    }
    return held <= appetite.batch() ? appetite.batch() : 0;
  }

  private void granted(Grant grant, int asked, long askedAt) {
    asking = false;
    long now = ticker.nanos();
    if (grant instanceof Grant.Trouble trouble) {
      feedState.failed(trouble.reason(), trouble.after(), now);
      return;
    }
    feedState.answered(now);
    if (grant instanceof Grant.Leased leased) {
      take(leased);
      if (leased.captures().size() < asked / 2) {
        askAgainAt = now + BREATH.toNanos();
      }
    } else if (now - askedAt < BETWEEN_EMPTY_ANSWERS.toNanos()) {
      askAgainAt = now + BETWEEN_EMPTY_ANSWERS.toNanos(); // it did not wait for captures: we do
    }
  }

  private void take(Grant.Leased leased) {
    HeldLease lease = leases.add(leased.lease(), leased.captures().size());
    meter.leased(leased.captures().size());
    for (LeasedCapture item : leased.captures()) {
      try {
        Capture capture = CaptureCodec.decode(item.bytes());
        Work work = new Work(
            lease,
            item.offset(),
            item.id(),
            item.attempt(),
            ticker.nanos() - Duration.ofMillis(item.ageMs()).toNanos(),
            lane(capture),
            item.bytes().length,
            capture);
        heldBytes += work.size();
        lanes.add(work);
      } catch (MalformedException e) {
        bury(lease, item.offset(), "malformed capture: " + e.getMessage(), null);
      }
    }
    if (stopped || lastCircuit == Circuit.State.OPEN) {
      releaseWaiting();
    }
  }

  private String lane(Capture capture) {
    return switch (config.order()) {
      case SESSION -> "session " + capture.session();
      case BUCKET -> "bucket";
      case NONE -> "";
    };
  }

  // ---- attempting -------------------------------------------------------------------------------

  private void startAttempts() {
    for (int i = 0; i < MAX_STARTS && mayStart() && lanes.hasReady(); i++) {
      Work work = lanes.next();
      if (work != null) {
        start(work);
      }
    }
  }

  private boolean mayStart() {
    return !stopped
        && lastCircuit != Circuit.State.OPEN
        && underWay.size() < most()
        && pace.untilNext(ticker.nanos()).isZero();
  }

  private int most() {
    return lastCircuit == Circuit.State.HALF_OPEN ? 1 : config.concurrency();
  }

  private void start(Work work) {
    Admission.Verdict verdict = admission.judge(work.capture());
    if (verdict instanceof Admission.Verdict.Admitted admitted) {
      pace.started(ticker.nanos());
      underWay.add(work);
      attempt(work, admitted.captures());
    } else if (verdict instanceof Admission.Verdict.Filtered filtered) {
      meter.filtered();
      leases.decide(
          work.lease(), d -> d.filtered(new Settlement.Refusal(work.offset(), filtered.reason())));
      finish(work);
    } else if (verdict instanceof Admission.Verdict.Failed failed) {
      if (work.attempt() >= MAX_HOOK_FAILURES) {
        bury(work.lease(), work.offset(), failed.message(), null);
      } else {
        retry(work, new Outcome.Retry(failed.message()));
      }
      finish(work);
    }
  }

  /** @param captures what is left to send; a hook may have made several of one */
  private void attempt(Work work, List<Capture> captures) {
    long startedAt = ticker.nanos();
    hear(deliver(new Attempt(work.id(), work.attempt(), captures.get(0))), outcome -> {
      if (underWay.contains(work)) {
        meter.attempted(outcome, Duration.ofNanos(ticker.nanos() - startedAt));
        attempted(work, captures.subList(1, captures.size()), outcome);
      }
    });
  }

  private CompletionStage<Outcome> deliver(Attempt attempt) {
    try {
      return target
          .deliver(attempt, config.target().timeout())
          .exceptionally(e -> new Outcome.Retry("the target failed: " + e));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(new Outcome.Retry("the target failed: " + e));
    }
  }

  private void attempted(Work work, List<Capture> left, Outcome outcome) {
    if (outcome instanceof Outcome.Delivered) {
      circuit.succeeded();
      if (!left.isEmpty()) {
        attempt(work, left);
        return;
      }
      meter.delivered();
      leases.decide(work.lease(), d -> d.delivered(work.offset()));
    } else if (outcome instanceof Outcome.Retry failure) {
      circuit.failed(ticker.nanos());
      retry(work, failure);
    } else if (outcome instanceof Outcome.Dead dead) {
      bury(work.lease(), work.offset(), dead.reason(), dead);
    }
    underWay.remove(work);
    finish(work);
  }

  private void retry(Work work, Outcome.Retry failure) {
    Duration age = Duration.ofNanos(ticker.nanos() - work.firstAttemptAt());
    boolean isProbe = lastCircuit == Circuit.State.HALF_OPEN;
    RetryRule.Decision decision = retries.decide(work.attempt(), age, isProbe, failure);
    if (decision instanceof RetryRule.Decision.GiveUp giveUp) {
      bury(work.lease(), work.offset(), giveUp.reason(), failure);
    } else if (decision instanceof RetryRule.Decision.Again again) {
      tryAgain(work, again.after(), failure.reason());
    }
  }

  private void tryAgain(Work work, Duration after, String reason) {
    meter.retried(reason);
    leases.decide(
        work.lease(), d -> d.retry(new Settlement.Retry(work.offset(), after.toMillis(), reason)));
    if (!work.lane().isEmpty()) {
      release(lanes.remove(other -> other.lane().equals(work.lane())));
    }
  }

  private void bury(HeldLease lease, long offset, String reason, @Nullable Outcome last) {
    meter.dead(reason);
    Response answer = last == null ? null : last.answer();
    leases.decide(
        lease,
        d -> d.dead(new Settlement.Dead(
            offset,
            reason,
            answer == null ? 0 : answer.status(),
            answer == null ? null : answer.body().bytes())));
  }

  private void finish(Work work) {
    heldBytes -= work.size();
    appetite.finished(ticker.nanos());
    lanes.done(work);
  }

  // ---- handing back -----------------------------------------------------------------------------

  private void watchCircuit() {
    Circuit.State state = circuit.state(ticker.nanos());
    if (state == lastCircuit) {
      return;
    }
    if (state == Circuit.State.OPEN) {
      releaseWaiting();
    }
    if (lastCircuit == Circuit.State.CLOSED) {
      LOG.warn(
          "bucket \"{}\": the target fails ({}); leasing stops, with a try now and then",
          config.bucket(),
          meter.read().lastError());
    } else if (state == Circuit.State.CLOSED) {
      LOG.info("bucket \"{}\": the target is back", config.bucket());
    }
    lastCircuit = state;
    meter.circuit(state);
  }

  private void releaseWaiting() {
    release(lanes.remove(work -> true));
  }

  private void release(List<Work> works) {
    for (Work work : works) {
      heldBytes -= work.size();
      leases.decide(work.lease(), d -> d.released(work.offset()));
    }
  }

  private void forget(List<Work> works) {
    for (Work work : works) {
      heldBytes -= work.size();
      leases.forget(work.lease());
    }
  }

  private void stop() {
    long now = ticker.nanos();
    if (!stopped) {
      stopped = true;
      stoppedAt = now;
      releaseWaiting();
    }
    if (now - stoppedAt >= DRAIN.toNanos()) {
      for (Work work : List.copyOf(underWay)) {
        underWay.remove(work);
        tryAgain(work, Duration.ZERO, "the player stopped");
        finish(work);
      }
    }
  }

  /** Begins to close, and does not wait for the end. Any thread may call. */
  public void drain() {
    closing = true;
    Loop running = loop;
    if (running != null) {
      running.wake();
    }
  }

  /** Stops leasing, lets what is under way finish, settles, hands back the rest. Idempotent. */
  @Override
  public void close() {
    drain();
    Loop running = loop;
    if (running == null) {
      return;
    }
    try {
      if (!drained.await(DRAIN.plus(LAST_SETTLE).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "bucket \"{}\": not everything could be settled; it will be leased again",
            config.bucket());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.close();
  }

  /** How long decisions wait for company: the feed commits each settlement on its own. */
  private Duration settlePatience() {
    if (stopped || lastCircuit == Circuit.State.OPEN) {
      return Duration.ZERO;
    }
    boolean idle = lanes.waiting() == 0 && underWay.isEmpty();
    return idle ? BREATH : SETTLE_AFTER; // the rest of a session is leased when this is settled
  }

  // ---- waiting ----------------------------------------------------------------------------------

  private Duration untilDue() {
    long now = ticker.nanos();
    Duration least = leases.untilDue(settlePatience());
    if (!asking && room() > 0) {
      Duration pause = feedState.untilNextCall(now);
      Duration quiet = Duration.ofNanos(Math.max(0, askAgainAt - now));
      least = min(least, pause.compareTo(quiet) > 0 ? pause : quiet);
    }
    if (lastCircuit == Circuit.State.OPEN) {
      least = min(least, circuit.untilProbe(now));
    }
    if (lanes.hasReady() && underWay.size() < most()) {
      least = min(least, pace.untilNext(now));
    }
    return closing ? min(least, Duration.ofMillis(100)) : least;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Takes the value up in the next step. */
  private <T> void hear(CompletionStage<T> reply, Consumer<T> then) {
    reply.thenAccept(value -> post(() -> then.accept(value)));
  }

  /** How it is, for a report. Any thread may call. */
  public ReplayState state() {
    ReplayMeter.Reading reading = meter.read();
    return new ReplayState(
        config.bucket().value(),
        config.group().value(),
        config.target().label(),
        config.order().name().toLowerCase(Locale.ROOT),
        reading.leased(),
        reading.delivered(),
        reading.filtered(),
        reading.retried(),
        reading.dead(),
        reading.answered(),
        reading.latencies().p50(),
        reading.latencies().p95(),
        reading.latencies().p99(),
        reading.circuit().toString(),
        reading.lastError());
  }
}
