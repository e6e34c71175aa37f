package dev.weir.player.target;

import dev.weir.config.Check;
import dev.weir.config.ClientTls;
import dev.weir.config.Default;
import dev.weir.http.Tls;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Replays to a site by HTTP/1.1, byte for byte as captured but for what {@link RequestWriter}
 * names. Follows no redirect. Where the order is by session, each session has a connection of its
 * own, so that the site sees as many as production did.
 *
 * <p>One I/O thread owns the connections and what they carry; {@link #deliver} hands over to it.
 */
public final class HttpTarget implements Target {
  private static final Retry CLOSED = new Retry("the target is closed");
  private static final int MAX_IDLE = 1024;
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(60);
  private static final Duration SWEEP = Duration.ofMillis(20);
  private static final Duration SWEEP_IDLE = Duration.ofSeconds(1);

  private final RequestWriter writer;
  private final StatusRule rule;
  private final int answer;
  private final boolean connectionPerSession;
  private final Dialer dialer;
  private final XnioIoThread io;
  private final IdleConnections<SiteConnection> idle =
      new IdleConnections<>(MAX_IDLE, LONGEST_IDLE);
  private final Set<Exchange> underWay = new LinkedHashSet<>();
  private XnioExecutor.@Nullable Key sweep;
  private long sweepAt;
  private boolean closed;

  private HttpTarget(Config config, TargetContext context, Dialer dialer) {
    this.writer = new RequestWriter(
        config.to().authority(), config.keepHost(), config.annotate(), new Hops(context.bucket()));
    this.rule = new StatusRule(context.clock());
    this.answer = context.answer();
    this.connectionPerSession = context.order() == Order.SESSION;
    this.dialer = dialer;
    this.io = dialer.ioThread();
  }

  @Override
  public CompletionStage<Outcome> deliver(Attempt attempt, Duration timeout) {
    Exchange exchange;
    try {
      exchange = new Exchange(
          connectionPerSession ? attempt.capture().session() : "",
          attempt.capture().request().method(),
          writer.write(attempt),
          timeout,
          rule,
          answer,
          underWay::remove);
    } catch (Unreplayable e) {
      return CompletableFuture.completedFuture(new Dead(e.reason()));
    }
    try {
      io.execute(() -> begin(exchange));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(CLOSED);
    }
    return exchange.outcome();
  }

  private void begin(Exchange exchange) {
    if (closed) {
      exchange.abandoned(CLOSED);
      return;
    }
    underWay.add(exchange);
    SiteConnection waiting = idle.take(exchange.key());
    if (waiting == null) {
      dialer.dial(exchange, events);
    } else {
      waiting.send(exchange);
    }
    sweepWithin(SWEEP);
  }

  private final SiteConnection.Events events = new SiteConnection.Events() {
    @Override
    public void onFree(SiteConnection connection) {
      idle.put(connection.key(), connection, System.nanoTime());
    }

    @Override
    public void onClosed(SiteConnection connection, @Nullable Exchange unanswered) {
      idle.remove(connection);
      if (unanswered != null) {
        unanswered.rewind();
        dialer.dial(unanswered, this);
      }
    }
  };

  /** Sees to it that there is a sweep by then, or before. */
  private void sweepWithin(Duration time) {
    long at = System.nanoTime() + time.toNanos();
    XnioExecutor.Key planned = sweep;
    if (planned != null && sweepAt - at <= 0) {
      return;
    }
    if (planned != null) {
      planned.remove();
    }
    sweep = io.executeAfter(this::sweep, time.toMillis(), TimeUnit.MILLISECONDS);
    sweepAt = at;
  }

  /** Ends what takes too long. */
  private void sweep() {
    sweep = null;
    underWay.stream().filter(Exchange::isOverdue).toList().forEach(Exchange::expired);
    idle.expire(System.nanoTime()).forEach(SiteConnection::close);
    if (!underWay.isEmpty()) {
      sweepWithin(SWEEP);
    } else if (!idle.isEmpty()) {
      sweepWithin(SWEEP_IDLE);
    }
  }

  /** What is under way fails, to be tried again. */
  @Override
  public void close() {
    try {
      io.execute(() -> {
        closed = true;
        List.copyOf(underWay).forEach(exchange -> exchange.abandoned(CLOSED));
        idle.all().forEach(SiteConnection::close);
        dialer.close();
      });
    } catch (RejectedExecutionException e) {
      // it is closed already
    }
  }

  /** {@code type: http}. */
  public static final class Type implements TargetType {
    @Override
    public String type() {
      return "http";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: http}.
   *
   * @param tls how to trust an https site, and what to show it; null: as Java does
   * @param keepHost sends the captured {@code Host} instead of the target's
   * @param annotate adds {@code Weir-Capture-Id}, {@code Weir-Attempt} and {@code Weir-Captured-At}
   * @param allowUnsafeMethods replays more than GET, HEAD, OPTIONS and TRACE to a site that is not
   *     this machine
   * @param staging says that the site is there to be changed: allows unsafe methods too
   */
  public record Config(
      Origin to,
      @Nullable ClientTls tls,
      @Default("10s") Duration timeout,
      @Default("false") boolean keepHost,
      @Default("true") boolean annotate,
      @Default("false") boolean allowUnsafeMethods,
      @Default("false") boolean staging)
      implements TargetConfig {
    public Config {
      new Check()
          .that(tls == null || to.isTls(), "tls", "tls is set, but " + to + " speaks none")
          .end();
    }

    @Override
    public String label() {
      return to.toString();
    }

    @Override
    public boolean mayChange() {
      return to.isLoopback() || allowUnsafeMethods || staging;
    }

    @Override
    public Target open(TargetContext context) throws IOException {
      Tls.Client client = to.isTls() ? context.tls().client(tls) : null;
      return new HttpTarget(this, context, Dialer.open(to, "target-" + context.bucket(), client));
    }
  }
}
