package dev.weir.e2e;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A site that takes numbered requests and remembers what it saw: the production site, and the
 * target of the replay. Answers 200 to everything, in its own good time.
 */
public final class NumberedSite implements AutoCloseable {
  /** Without delay. */
  public static final Manner AT_ONCE = number -> Duration.ZERO;

  private final Undertow server;

  /** When a number came first. */
  private final Map<Long, Long> arrivals = new HashMap<>();

  private final Map<Integer, Long> lastOfSession = new HashMap<>();
  private final List<Repeat> repeats = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private long first;
  private volatile Manner manner = AT_ONCE;

  /** How a site answers. */
  public interface Manner {
    /** How long it takes over a number that has come; on the thread that has it. */
    Duration takes(long number);
  }

  /** A number that came again. */
  public record Repeat(long number, long firstAtNanos, long againAtNanos) {
    public Duration after() {
      return Duration.ofNanos(againAtNanos - firstAtNanos);
    }
  }

  public NumberedSite() {
    this(0);
  }

  /** @param port 0: any free one */
  public NumberedSite(int port) {
    server = Undertow.builder()
        .addHttpListener(port, "127.0.0.1")
        .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
        .setIoThreads(2)
        .setWorkerThreads(16)
        .setHandler(exchange -> exchange.getRequestReceiver().receiveFullBytes(this::take))
        .build();
    server.start();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  public String url() {
    return "http://127.0.0.1:" + address().getPort();
  }

  private void take(HttpServerExchange exchange, byte[] body) {
    Numbered request = Numbered.of(exchange.getRequestURI());
    note(exchange.getRequestURI(), request, body);
    Duration delay = request == null ? Duration.ZERO : manner.takes(request.number());
    if (delay.isZero()) {
      answer(exchange);
    } else {
      exchange.dispatch(() -> exchange
          .getIoThread()
          .executeAfter(() -> answer(exchange), delay.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private static void answer(HttpServerExchange exchange) {
    exchange.getResponseSender().send("ok");
  }

  private synchronized void note(String path, @Nullable Numbered request, byte[] body) {
    if (request == null) {
      faults.add("a request that nobody sent: " + path);
      return;
    }
    if (!request.isBody(body)) {
      faults.add(
          "number " + request.number() + " came with another body of " + body.length + " bytes");
    }
    if (request.number() < first) {
      faults.add("number " + request.number() + " came after all was over with it");
      return;
    }
    long now = System.nanoTime();
    Long before = arrivals.putIfAbsent(request.number(), now);
    if (before != null) {
      repeats.add(new Repeat(request.number(), before, now));
      return;
    }
    Long last = lastOfSession.put(request.session(), request.number());
    if (last != null && last > request.number()) {
      faults.add(
          "session " + request.session() + ": number " + request.number() + " came after " + last);
      lastOfSession.put(request.session(), last);
    }
  }

  /** Forgets what it saw. From now on there are numbers from {@code number} on only. */
  public synchronized void expect(long number) {
    first = number;
    arrivals.clear();
    repeats.clear();
    faults.clear();
  }

  /** How it answers from now on. */
  public void behave(Manner way) {
    manner = way;
  }

  /** Different numbers seen. */
  public synchronized long distinct() {
    return arrivals.size();
  }

  /** The highest number seen; -1 before the first. */
  public synchronized long highest() {
    return arrivals.keySet().stream().mapToLong(Long::longValue).max().orElse(-1);
  }

  public synchronized boolean saw(long number) {
    return arrivals.containsKey(number);
  }

  public synchronized List<Repeat> repeats() {
    return List.copyOf(repeats);
  }

  /** What must never happen: altered bodies, requests that nobody sent, a session out of order. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  @Override
  public void close() {
    server.stop();
  }
}
