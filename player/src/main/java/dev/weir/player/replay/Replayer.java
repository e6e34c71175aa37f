package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.MalformedException;
import dev.weir.loop.Loop;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.player.target.Hops;
import dev.weir.script.Hook.Emission;
import dev.weir.script.PlayerHook;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A player's work on one bucket.
 *
 * <pre>
 *  Feed ──lease──▶ Lanes ──turn, pace, circuit──▶ Admission ──▶ Batch ──▶ Target
 *   ▲              (order)                        (on_replay)  (on_batch)    │
 *   └──extend, settle── LeaseBook ◀── Aftermath ◀── delivered, retry, dead ◀─┘ on_response
 * </pre>
 *
 * <p>One loop's thread owns all of it. Replies of the feed and outcomes of the target come from
 * other threads, as events that the next step takes up.
 */
public final class Replayer implements Step, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replayer.class);
  private static final Duration SETTLE_AFTER = Duration.ofMillis(50);

  private static final Duration SETTLE_SOON = Duration.ofMillis(10);
  private static final Duration DRAIN = Duration.ofSeconds(4);
  private static final Duration LAST_SETTLE = Duration.ofSeconds(1);
  /** In one step: each may run a hook, and leases must be kept up meanwhile. */
  private static final int MAX_STARTS = 64;

  private final Replay config;
  private final Ticker ticker;
  private final Admission admission;
  private final Sender sender;
  private final LeaseBook leases;
  private final Asker asker;
  private final Settler settler;
  private final Lanes lanes = new Lanes();
  private final Set<Work> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Pace pace;
  private final TargetState state;
  private final @Nullable Batch batch;
  private final Aftermath aftermath;
  private final ReplayMeter meter;

  /** From any thread; bounded by what is under way. */
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile @Nullable Loop loop;
  private volatile boolean closing;
  private boolean stopped;
  private long stoppedAt;

  public Replayer(
      Replay config,
      Feed feed,
      Targets targets,
      PlayerHook hook,
      Ticker ticker,
      RandomGenerator random) {
    this.config = config;
    this.ticker = ticker;
    this.batch = config.batch() == null ? null : new Batch(config.batch());
    this.admission = new Admission(new Hops(config.bucket()), targets, batch != null, hook);
    FeedState feedState = new FeedState(config.bucket().value(), random);
    this.leases =
        new LeaseBook(feed, feedState, this::post, ticker, config.lease(), config.timeout());
    this.pace = new Pace(config.rate(), ticker.nanos());
    this.meter = new ReplayMeter(ticker);
    this.state = new TargetState(config.bucket().value(), meter);
    this.sender = new Sender(targets, new Judge(hook), meter, pace, ticker, this::post);
    this.asker = new Asker(config, feed, feedState, leases, ticker);
    this.settler = new Settler(leases, meter);
    this.aftermath = new Aftermath(
        state, new RetryRule(config.retry(), random), settler, ticker, this::releaseLane);
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
      forget(withdraw(work -> work.lease().runOut));
    }
    if (closing) {
      stop();
    }
    if (state.opens(ticker.nanos())) {
      releaseWaiting();
    }
    ask();
    startAttempts();
    leases.settle(settlePatience());
    if (stopped && !asker.isAsking() && underWay.isEmpty() && leases.isEmpty()) {
      drained.countDown();
    }
    return events.isEmpty() ? untilDue() : Duration.ZERO;
  }

  private void ask() {
    CompletionStage<Grant> reply = stopped ? null : asker.ask(state.circuit());
    if (reply != null) {
      hear(reply, grant -> {
        asker.heard(grant);
        HeldLease lease = leases.heard(grant);
        if (lease != null && grant instanceof Grant.Leased leased) {
          take(lease, leased);
        }
      });
    }
  }

  private void take(HeldLease lease, Grant.Leased leased) {
    meter.leased(leased.captures().size());
    for (LeasedCapture item : leased.captures()) {
      try {
        Capture capture = CaptureCodec.decode(item.bytes());
        Work work = Work.of(lease, item, capture, config.order(), ticker.nanos());
        asker.took(work);
        lanes.add(work);
      } catch (MalformedException e) {
        settler.dead(lease, item.offset(), "malformed capture: " + e.getMessage(), null);
      }
    }
    if (stopped || state.isOpen()) {
      releaseWaiting();
    } else if (lease.runOut || !lease.closed.isEmpty()) {
      release(lanes.remove(
          work -> work.lease() == lease && (lease.runOut || lease.closed.contains(work.lane()))));
    }
  }

  private void startAttempts() {
    for (int i = 0; i < MAX_STARTS && mayStart(); i++) {
      Work next = lanes.peek();
      if (next == null || (batch != null && !batch.takes(next))) {
        break;
      }
      lanes.next();
      start(next);
    }
    if (batch != null && mayStart() && batch.isDue(ticker.nanos())) {
      start(batch);
    }
  }

  private boolean mayStart() {
    return !stopped
        && !state.isOpen()
        && underWay.size() < most()
        && pace.untilNext(ticker.nanos()).isZero();
  }

  private int most() {
    // batches go one after the other, which keeps whatever order there is
    return state.isProbed() || batch != null ? 1 : config.concurrency();
  }

  private void start(Work work) {
    if (leases.hasArrived(work.id())) {
      leases.decide(work.lease(), d -> d.delivered(work.offset(), work.id()));
      finish(work);
      return;
    }
    Admission.Verdict verdict = admission.judge(work);
    if (verdict instanceof Admission.Verdict.Admitted admitted && batch != null) {
      batch.add(work, admitted.emissions(), ticker.nanos());
      lanes.done(work);
    } else if (verdict instanceof Admission.Verdict.Admitted admitted) {
      send(List.of(work), admitted.emissions());
    } else if (verdict instanceof Admission.Verdict.Held held) {
      settler.held(work, held.delay());
      releaseLane(work);
      finish(work);
    } else {
      refused(List.of(work), verdict);
    }
  }

  private void start(Batch gathered) {
    List<Emission> emissions = gathered.emissions();
    List<Work> works = gathered.remove(work -> true);
    Admission.Verdict verdict = admission.batch(emissions);
    if (verdict instanceof Admission.Verdict.Admitted admitted) {
      send(works, admitted.emissions());
    } else {
      refused(works, verdict);
    }
  }

  private void send(List<Work> works, List<Emission> emissions) {
    underWay.addAll(works);
    sender.send(works.get(0), emissions, underWay::contains, ruling -> {
      aftermath.attempted(works, ruling);
      works.forEach(underWay::remove);
      works.forEach(this::finish);
    });
  }

  private void refused(List<Work> works, Admission.Verdict verdict) {
    for (Work work : works) {
      if (verdict instanceof Admission.Verdict.Filtered filtered) {
        settler.filtered(work, filtered.reason());
      } else if (verdict instanceof Admission.Verdict.Failed failed) {
        aftermath.hookFailed(work, failed.message(), null);
      }
      finish(work);
    }
  }

  /** What comes after it in its session, or whatever the order is by, waits for it. */
  private void releaseLane(Work work) {
    if (!work.lane().isEmpty()) {
      release(withdraw(other -> other.lane().equals(work.lane())));
    }
  }

  private void finish(Work work) {
    asker.finished(work);
    lanes.done(work);
  }

  private void releaseWaiting() {
    release(withdraw(work -> true));
  }

  /** Takes out what waits and meets the condition, in order. */
  private List<Work> withdraw(Predicate<Work> condition) {
    List<Work> withdrawn = new ArrayList<>();
    if (batch != null) {
      withdrawn.addAll(batch.remove(condition));
    }
    withdrawn.addAll(lanes.remove(condition));
    return withdrawn;
  }

  private void release(List<Work> works) {
    for (Work work : works) {
      asker.gaveUp(work);
      settler.released(work);
    }
  }

  private void forget(List<Work> works) {
    for (Work work : works) {
      asker.gaveUp(work);
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
        aftermath.interrupted(work);
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
    if (stopped || state.isOpen()) {
      return Duration.ZERO;
    }
    boolean idle = lanes.waiting() == 0 && underWay.isEmpty();
    return idle
        ? SETTLE_SOON
        : SETTLE_AFTER; // the rest of a session is leased when this is settled
  }

  private Duration untilDue() {
    long now = ticker.nanos();
    Duration least = leases.untilDue(settlePatience());
    Duration untilAsked = stopped ? null : asker.untilNext(state.circuit());
    if (untilAsked != null) {
      least = min(least, untilAsked);
    }
    if (state.isOpen()) {
      least = min(least, state.untilProbe(now));
    }
    if (lanes.hasReady() && underWay.size() < most()) {
      least = min(least, pace.untilNext(now));
    }
    if (batch != null && !batch.isEmpty() && underWay.isEmpty()) {
      Duration due = batch.untilDue(now);
      least = min(least, due.isZero() ? pace.untilNext(now) : due);
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
  public ReplayState state(List<ScriptState> scripts) {
    return meter.state(config, scripts);
  }
}
