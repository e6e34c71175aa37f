package dev.weir.proxy.http;

import dev.weir.capture.Client;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Stands in front of one service: accepts connections, and gives each to the lane of an I/O thread.
 * Owns those threads, one for each processor.
 */
public final class ReverseProxy implements Closeable {
  private static final int MAX_CONNECTIONS = 20_000;
  private static final int BACKLOG = 4096;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private static final OptionMap SOCKET = OptionMap.builder()
      .set(Options.TCP_NODELAY, true)
      .set(Options.KEEP_ALIVE, true)
      .getMap();

  private final InetSocketAddress listen;
  private final InetSocketAddress service;
  private final Forwarded forwarded;
  private final Observer observer;
  private final Map<XnioIoThread, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicLong connections = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private @Nullable XnioWorker worker;
  private @Nullable AcceptingChannel<? extends StreamConnection> server;

  public ReverseProxy(
      InetSocketAddress listen, InetSocketAddress service, Forwarded forwarded, Observer observer) {
    this.listen = listen;
    this.service = service;
    this.forwarded = forwarded;
    this.observer = observer;
  }

  /** @throws IOException if the address cannot be listened on */
  public void start() throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    XnioWorker started = Xnio.getInstance()
        .createWorker(OptionMap.builder()
            .set(Options.WORKER_NAME, "weir-http")
            .set(Options.WORKER_IO_THREADS, threads)
            .set(Options.WORKER_TASK_CORE_THREADS, 1)
            .set(Options.WORKER_TASK_MAX_THREADS, threads)
            .set(Options.THREAD_DAEMON, true)
            .getMap());
    worker = started;
    ChannelListener<StreamConnection> opened = this::accept;
    try {
      AcceptingChannel<? extends StreamConnection> channel = started.createStreamConnectionServer(
          listen,
          ChannelListeners.openListenerAdapter(opened),
          OptionMap.builder()
              .addAll(SOCKET)
              .set(Options.REUSE_ADDRESSES, true)
              .set(Options.BACKLOG, BACKLOG)
              .set(Options.WORKER_IO_THREADS, threads)
              .set(Options.BALANCING_TOKENS, 1)
              .set(Options.BALANCING_CONNECTIONS, 2)
              .set(Options.CONNECTION_HIGH_WATER, MAX_CONNECTIONS)
              .set(Options.CONNECTION_LOW_WATER, MAX_CONNECTIONS - 100)
              .getMap());
      server = channel;
      channel.resumeAccepts();
    } catch (IOException e) {
      started.shutdownNow();
      throw e;
    }
  }

  /** Where it listens, once started. */
  public InetSocketAddress address() {
    AcceptingChannel<? extends StreamConnection> channel = server;
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    return channel.getLocalAddress(InetSocketAddress.class);
  }

  /** Requests answered with an error because they are not HTTP to the letter. */
  public long refused() {
    return refused.sum();
  }

  /** Requests that the service gave no whole answer to. */
  public long failed() {
    return failed.sum();
  }

  private void accept(StreamConnection connection) {
    Lane lane = lanes.computeIfAbsent(connection.getIoThread(), t -> new Lane(this, t));
    if (lane.draining) {
      IoUtils.safeClose(connection);
      return;
    }
    InetSocketAddress address = connection.getPeerAddress(InetSocketAddress.class);
    Client client = address == null ? Client.NONE : Client.of(address);
    Peer peer = new Peer(client, "http", connections.incrementAndGet());
    new Conversation(lane, new SocketEnd(connection), peer).start();
  }

  IoFuture<StreamConnection> open(
      XnioIoThread thread, ChannelListener<? super StreamConnection> opened) {
    return thread.openStreamConnection(service, opened, SOCKET);
  }

  Observer observer() {
    return observer;
  }

  Forwarded forwarded() {
    return forwarded;
  }

  void toHttp2(Lane lane, StreamConnection connection, ByteBuffer arrived, Peer peer) {
    http2.serve(lane, connection, http2.pooled(arrived), peer);
  }

  void countRefused() {
    refused.increment();
  }

  void countFailed() {
    failed.increment();
  }

  /**
   * Accepts nothing new, lets exchanges under way finish within ten seconds, and ends. Idempotent.
   */
  @Override
  public synchronized void close() {
    XnioWorker running = worker;
    if (running == null) {
      return;
    }
    worker = null;
    IoUtils.safeClose(server);
    long until = System.nanoTime() + DRAIN.toNanos();
    try {
      everywhere(Lane::drain).await(DRAIN.toNanos(), TimeUnit.NANOSECONDS);
      for (Lane lane : lanes.values()) {
        lane.quiet().await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      everywhere(Lane::stop).await(DRAIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.shutdownNow();
  }

  private CountDownLatch everywhere(java.util.function.Consumer<Lane> task) {
    CountDownLatch done = new CountDownLatch(lanes.size());
    for (Lane lane : lanes.values()) {
      lane.thread.execute(() -> {
        task.accept(lane);
        done.countDown();
      });
    }
    return done;
  }
}
