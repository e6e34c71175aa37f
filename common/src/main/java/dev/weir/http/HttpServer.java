package dev.weir.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Serves an API: routes, tokens, bounded bodies, answers that may come later. I/O threads read and
 * write, a few workers call the endpoints; a call that waits holds neither.
 */
public final class HttpServer implements Closeable {
  private static final int IO_THREADS = 2;
  private static final int WORKERS = 4;
  private static final int BUFFER = 16 << 10;

  /** Buffers that each thread keeps. */
  private static final int CACHED = 4;

  /** Further connections of all wait in the kernel, those of one address are closed. */
  private static final Limits USUAL = Limits.USUAL.withConnections(10_000, 2_500);

  /** How long {@link #close} waits for calls under way. */
  private static final Duration DRAIN = Duration.ofSeconds(3);

  private final AcceptingChannel<? extends StreamConnection> channel;
  private final XnioWorker worker;
  private final ByteBufferPool buffers;
  private final Entrance entrance;
  private final GracefulShutdownHandler front;
  private boolean closed;

  private HttpServer(
      AcceptingChannel<? extends StreamConnection> channel,
      XnioWorker worker,
      ByteBufferPool buffers,
      Entrance entrance,
      GracefulShutdownHandler front) {
    this.channel = channel;
    this.worker = worker;
    this.buffers = buffers;
    this.entrance = entrance;
    this.front = front;
  }

  /**
   * Where to listen and who may call.
   *
   * @param tls null: plain HTTP
   * @param bodies what the bodies of all calls under way may take together
   * @param refusals counts those who are turned away
   */
  public record Listener(
      InetSocketAddress address,
      Tls.@Nullable Server tls,
      Tokens tokens,
      Budget bodies,
      Refusals refusals) {}

  /** Loads what every listener needs, which takes a fifth of a role's start. */
  public static void load() {
    Xnio.getInstance();
  }

  /**
   * Begins to serve; once this returns, it does.
   *
   * @throws IOException if the address cannot be had
   */
  public static HttpServer start(Listener listener, Routes routes) throws IOException {
    return start(listener, routes, USUAL);
  }

  static HttpServer start(Listener listener, Routes routes, Limits limits) throws IOException {
    Refusals refusals = listener.refusals();
    GracefulShutdownHandler front = new GracefulShutdownHandler(new HttpContinueReadHandler(
        new Front(routes, listener.tokens(), listener.bodies(), limits, refusals)));
    ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER, -1, CACHED);
    Entrance entrance = new Entrance(limits, refusals, buffers, front);
    XnioWorker worker = Xnio.getInstance()
        .createWorker(OptionMap.builder()
            .set(Options.WORKER_IO_THREADS, IO_THREADS)
            .set(Options.WORKER_TASK_CORE_THREADS, WORKERS)
            .set(Options.WORKER_TASK_MAX_THREADS, WORKERS)
            .getMap());
    InetSocketAddress address = listener.address();
    try {
      return new HttpServer(
          entrance.open(worker, address, listener.tls()), worker, buffers, entrance, front);
    } catch (IOException e) {
      worker.shutdown();
      throw new IOException(
          "cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort()
              + ": " + e.getMessage(),
          e);
    }
  }

  /** Where it listens; the port is the real one where 0 was asked for. */
  public InetSocketAddress address() {
    return channel.getLocalAddress(InetSocketAddress.class);
  }

  /** Takes no new calls, waits a moment for those under way, and ends. Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      front.shutdown();
      try {
        front.awaitShutdown(DRAIN.toMillis());
        entrance.closing();
        IoUtils.safeClose(channel);
        worker.shutdown();
        worker.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // no more waiting, but the rest must be done
        IoUtils.safeClose(channel);
        worker.shutdown();
      }
      buffers.close();
    }
  }
}
