package dev.weir.proxy.http;

import dev.weir.capture.Client;
import dev.weir.http.Door;
import dev.weir.http.Handshakes;
import dev.weir.http.Limits;
import dev.weir.http.Refusal;
import dev.weir.http.Refusals;
import dev.weir.http.Tls;
import dev.weir.loop.Ticker;
import dev.weir.unit.Origin;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.protocol.http.AlpnOpenListener;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Stands in front of one service, or in the place of one: accepts connections, and gives each to
 * the lane of an I/O thread. Owns those threads, one for each processor.
 */
public final class ReverseProxy implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ReverseProxy.class);
  private static final int BACKLOG = 4096;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private static final OptionMap SOCKET = OptionMap.builder()
      .set(Options.TCP_NODELAY, true)
      .set(Options.KEEP_ALIVE, true)
      .getMap();

  private final Setup setup;
  private final Observer observer;
  private final Limits limits;
  private final Refusals refusals;
  private final Door door;
  private final Http2 http2 = new Http2();
  private final Handshakes handshakes;
  private final Map<XnioIoThread, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicLong connections = new AtomicLong();
  private final LongAdder failed = new LongAdder();
  private final AtomicBoolean observerHasFailed = new AtomicBoolean();
  private volatile boolean closing;
  private @Nullable XnioWorker worker;
  private @Nullable AcceptingChannel<? extends StreamConnection> server;

  /**
   * Between whom to stand.
   *
   * @param tls null: plain HTTP
   * @param service null: none, the observer answers
   */
  public record Setup(
      InetSocketAddress listen,
      Tls.@Nullable Server tls,
      @Nullable Service service) {
    Silence silence() {
      return service == null ? Silence.USUAL : service.silence;
    }
  }

  /**
   * Who stands behind.
   *
   * @param tls how to trust a service that speaks TLS; null if it does not
   * @param forwarded which headers tell it who its client was
   * @param silence how long an exchange with it may stand still
   */
  public record Service(
      Origin origin, Tls.@Nullable Client tls, Forwarded forwarded, Silence silence) {}

  public ReverseProxy(Setup setup, Observer observer) {
    this(setup, observer, Limits.USUAL, new Refusals());
  }

  /** @param refusals counts those who are turned away */
  public ReverseProxy(Setup setup, Observer observer, Limits limits, Refusals refusals) {
    this.setup = setup;
    this.observer = observer;
    this.limits = limits;
    this.refusals = refusals;
    this.door = new Door(limits.connectionsPerAddress());
    this.handshakes = new Handshakes(limits.second(), () -> refusals.count(Refusal.TOO_SLOW));
  }

  /** @throws IOException if the address cannot be listened on */
  public synchronized void start() throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    XnioWorker started = Xnio.getInstance()
        .createWorker(OptionMap.builder()
            .set(Options.WORKER_NAME, "weir-http")
            .set(Options.WORKER_IO_THREADS, threads)
            .set(Options.WORKER_TASK_CORE_THREADS, 1)
            .set(Options.WORKER_TASK_MAX_THREADS, threads)
            .set(Options.THREAD_DAEMON, true)
            .getMap());
    OptionMap options = OptionMap.builder()
        .addAll(SOCKET)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, BACKLOG)
        .set(Options.WORKER_IO_THREADS, threads)
        .set(Options.BALANCING_TOKENS, 1)
        .set(Options.BALANCING_CONNECTIONS, 2)
        .set(
            Options.SSL_CLIENT_AUTH_MODE,
            setup.tls != null && setup.tls.asksClients()
                ? SslClientAuthMode.REQUIRED
                : SslClientAuthMode.NOT_REQUESTED)
        .set(Options.CONNECTION_HIGH_WATER, limits.connections())
        .set(Options.CONNECTION_LOW_WATER, limits.connections() - limits.connections() / 200)
        .getMap();
    try {
      Dialer dialer = setup.service == null ? null : dialer(setup.service, started);
      AcceptingChannel<? extends StreamConnection> channel = listen(started, dialer, options);
      channel.resumeAccepts();
      server = channel;
      worker = started;
    } catch (IOException e) {
      started.shutdownNow();
      throw new IOException(
          "cannot listen on " + setup.listen + ": " + e.getMessage() + "; change listen", e);
    }
  }

  private static Dialer dialer(Service service, XnioWorker started) {
    Tls.Client tls = service.tls;
    String host = service.origin.host();
    Dialer dialer = new Dialer(
        service.origin,
        tls(tls == null ? null : tls.context()),
        tls == null ? host : tls.nameOf(host),
        SOCKET,
        Dialer.Names.SYSTEM,
        started,
        Ticker.SYSTEM);
    dialer.lookUp();
    return dialer;
  }

  private AcceptingChannel<? extends StreamConnection> listen(
      XnioWorker started, @Nullable Dialer dialer, OptionMap options) throws IOException {
    UndertowXnioSsl ssl = tls(setup.tls == null ? null : setup.tls.context());
    if (ssl == null) {
      ChannelListener<StreamConnection> opened = connection -> {
        if (isLetIn(connection, left -> {})) {
          converse(dialer, connection, null, "http");
        }
      };
      return started.createStreamConnectionServer(
          setup.listen, ChannelListeners.openListenerAdapter(opened), options);
    }
    AlpnOpenListener alpn = new AlpnOpenListener(
        http2.pool(), OptionMap.EMPTY, "http/1.1", new AlpnListener(http2.pool(), (c, arrived) -> {
          handshakes.done(c);
          converse(dialer, c, arrived, "https");
        }));
    alpn.addProtocol(
        "h2",
        new AlpnListener(http2.pool(), (c, arrived) -> {
          handshakes.done(c);
          http2.serve(laneOf(dialer, c), c, arrived, peer(c, "https"));
        }),
        10);
    ChannelListener<StreamConnection> opened = connection -> {
      if (isLetIn(connection, handshakes::done)) {
        handshakes.begun(connection);
        alpn.handleEvent(connection);
      }
    };
    return ssl.createSslConnectionServer(
        started, setup.listen, ChannelListeners.openListenerAdapter(opened), options);
  }

  private boolean isLetIn(StreamConnection connection, Consumer<StreamConnection> left) {
    boolean admitted = !closing && door.admits(connection, left);
    if (!admitted) {
      if (!closing) {
        refusals.count(Refusal.TOO_MANY);
      }
      IoUtils.safeClose(connection);
    }
    return admitted;
  }

  private static @Nullable UndertowXnioSsl tls(@Nullable SSLContext context) {
    return context == null
        ? null
        : new UndertowXnioSsl(
            Xnio.getInstance(), OptionMap.create(Options.USE_DIRECT_BUFFERS, true), context);
  }

  private void converse(
      @Nullable Dialer dialer,
      StreamConnection connection,
      @Nullable PooledByteBuffer arrived,
      String scheme) {
    if (closing) {
      IoUtils.safeClose(connection);
      return;
    }
    Lane lane = laneOf(dialer, connection);
    Conversation conversation =
        new Conversation(lane, new SocketEnd(connection), peer(connection, scheme));
    if (arrived != null) {
      conversation.prepend(arrived.getBuffer());
      arrived.close();
    }
    conversation.start();
  }

  private Lane laneOf(@Nullable Dialer dialer, StreamConnection connection) {
    return lanes.computeIfAbsent(connection.getIoThread(), t -> new Lane(this, dialer, t));
  }

  private Peer peer(StreamConnection connection, String scheme) {
    InetSocketAddress address = connection.getPeerAddress(InetSocketAddress.class);
    Client client = address == null ? Client.NONE : Client.of(address);
    return new Peer(client, scheme, connections.incrementAndGet());
  }

  /** Where it listens, once started. */
  public InetSocketAddress address() {
    AcceptingChannel<? extends StreamConnection> channel = server;
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    return channel.getLocalAddress(InetSocketAddress.class);
  }

  /** Requests that the service gave no whole answer to. */
  public long failed() {
    return failed.sum();
  }

  Observer observer() {
    return observer;
  }

  /** Told once: it may well fail at every request. */
  void observerFailed(Throwable failure) {
    if (!observerHasFailed.getAndSet(true)) {
      LOG.error(
          "an observer failed: what it should have seen goes on unobserved; it is not told again",
          failure);
    }
  }

  Forwarded forwarded() {
    return setup.service == null ? Forwarded.NONE : setup.service.forwarded;
  }

  /** The connection is nobody else's any more: what fails here must close it. */
  void toHttp2(Lane lane, StreamConnection connection, ByteBuffer arrived, Peer peer) {
    try {
      http2.serve(lane, connection, http2.pooled(arrived), peer);
    } catch (RuntimeException | Error e) {
      IoUtils.safeClose(connection);
      throw e;
    }
  }

  Limits limits() {
    return limits;
  }

  Silence silence() {
    return setup.silence();
  }

  void count(Refusal refusal) {
    refusals.count(refusal);
  }

  void countFailed() {
    failed.increment();
  }

  /**
   * Accepts nothing new, lets exchanges under way finish within five seconds, and ends. Idempotent.
   */
  @Override
  public synchronized void close() {
    XnioWorker running = worker;
    if (running == null) {
      return;
    }
    worker = null;
    closing = true;
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

  private CountDownLatch everywhere(Consumer<Lane> task) {
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
