package dev.weir.e2e;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A site that takes numbered requests and remembers what it saw: the production site, and the
 * target of the replay. Answers 200 to everything.
 */
public final class NumberedSite implements AutoCloseable {
  private final Undertow server;
  private final Map<Long, Arrival> arrivals = new HashMap<>();
  private final Map<Integer, Long> lastOfSession = new HashMap<>();
  private final List<Repeat> repeats = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private volatile long delayMs;

  /** When a number came first. */
  private record Arrival(long atNanos) {}

  /** A number that came again. */
  public record Repeat(long number, long firstAtNanos, long againAtNanos) {}

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
    note(exchange.getRequestURI(), body);
    long delay = delayMs;
    if (delay == 0) {
      answer(exchange);
    } else {
      exchange.dispatch(() -> exchange
          .getIoThread()
          .executeAfter(() -> answer(exchange), delay, java.util.concurrent.TimeUnit.MILLISECONDS));
    }
  }

  private static void answer(HttpServerExchange exchange) {
    exchange.getResponseSender().send("ok");
  }

  private synchronized void note(String path, byte[] body) {
    Numbered request = Numbered.of(path);
    if (request == null) {
      faults.add("a request that nobody sent: " + path);
      return;
    }
    if (!request.isBody(body)) {
      faults.add(
          "number " + request.number() + " came with another body of " + body.length + " bytes");
    }
    long now = System.nanoTime();
    Arrival first = arrivals.putIfAbsent(request.number(), new Arrival(now));
    if (first != null) {
      repeats.add(new Repeat(request.number(), first.atNanos(), now));
      return;
    }
    Long last = lastOfSession.put(request.session(), request.number());
    if (last != null && last > request.number()) {
      faults.add(
          "session " + request.session() + ": number " + request.number() + " came after " + last);
      lastOfSession.put(request.session(), last);
    }
  }

  /** How long each answer takes from now on. */
  public void delayAnswers(long ms) {
    delayMs = ms;
  }

  /** Different numbers seen. */
  public synchronized long distinct() {
    return arrivals.size();
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
