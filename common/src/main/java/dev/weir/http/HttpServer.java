package dev.weir.http;

import dev.weir.unit.ByteSize;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;
import org.xnio.Xnio;

/**
 * Serves an API: routes, tokens, bounded bodies, answers that may come later. One I/O thread reads
 * and writes, a few workers call the endpoints; a call that waits holds neither.
 */
public final class HttpServer implements Closeable {
  private static final int IO_THREADS = 2;
  private static final int WORKERS = 4;
  private static final int BUFFER = 16 << 10;

  private static final int MAX_HEADERS = 100;
  private static final ByteSize MAX_HEADER_BYTES = new ByteSize(32 << 10);

  /** Further connections wait in the kernel. */
  private static final int MAX_CONNECTIONS = 10_000;

  /** Longer than clients keep an idle connection, so that they end it. */
  private static final Duration IDLE = Duration.ofMinutes(6);

  private static final Duration HEADERS_WITHIN = Duration.ofSeconds(10);

  /** How long {@link #close} waits for calls under way. */
  private static final Duration DRAIN = Duration.ofSeconds(3);

  private final Undertow undertow;
  private final GracefulShutdownHandler front;
  private final InetSocketAddress address;
  private boolean closed;

  private HttpServer(Undertow undertow, GracefulShutdownHandler front) {
    this.undertow = undertow;
    this.front = front;
    this.address = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
  }

  /**
   * Where to listen and who may call.
   *
   * @param tls null: plain HTTP
   * @param bodies what the bodies of all calls under way may take together
   */
  public record Listener(
      InetSocketAddress address, Tls.@Nullable Server tls, Tokens tokens, Budget bodies) {}

  /**
   * Has a thread load what all listeners need, and its caller go on meanwhile: it takes a fifth of
   * a role's start.
   */
  public static void preload() {
    LoggerFactory.getILoggerFactory(); // first: who comes while another sets it up gets a stand-in
    Thread thread = new Thread(Xnio::getInstance, "preload");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Begins to serve; once this returns, it does.
   *
   * @throws IOException if the address cannot be had
   */
  public static HttpServer start(Listener listener, Routes routes) throws IOException {
    GracefulShutdownHandler front = new GracefulShutdownHandler(
        new HttpContinueReadHandler(new Front(routes, listener.tokens(), listener.bodies())));
    Undertow.Builder builder = Undertow.builder()
        .setIoThreads(IO_THREADS)
        .setWorkerThreads(WORKERS)
        .setBufferSize(BUFFER)
        .setDirectBuffers(true)
        .setHandler(front)
        .setServerOption(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, (int) MAX_HEADER_BYTES.bytes())
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L) // routes have limits of their own
        .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, (int) IDLE.toMillis())
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) HEADERS_WITHIN.toMillis())
        .setSocketOption(Options.CONNECTION_HIGH_WATER, MAX_CONNECTIONS)
        .setSocketOption(Options.CONNECTION_LOW_WATER, MAX_CONNECTIONS);
    String host = listener.address().getAddress().getHostAddress();
    int port = listener.address().getPort();
    Tls.Server tls = listener.tls();
    if (tls == null) {
      builder.addHttpListener(port, host);
    } else {
      builder.addHttpsListener(port, host, tls.context());
      if (tls.asksClients()) {
        builder.setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED);
      }
    }
    Undertow undertow = builder.build();
    try {
      undertow.start();
    } catch (RuntimeException e) {
      undertow.stop();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
    }
    return new HttpServer(undertow, front);
  }

  /** Where it listens; the port is the real one where 0 was asked for. */
  public InetSocketAddress address() {
    return address;
  }

  /** Takes no new calls, waits a moment for those under way, and ends. Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      front.shutdown();
      try {
        front.awaitShutdown(DRAIN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // no more waiting, but the rest must be done
      }
      undertow.stop();
    }
  }
}
