package dev.weir.http;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * Lets connections in as far as the limits go, and has Undertow read calls from them. Whom it turns
 * away it counts. Any thread.
 */
final class Entrance {
  private static final int BACKLOG = 1_000;
  private static final int MAX_HEADERS = 100;

  /** Longer than clients keep an idle connection, so that they end it. */
  private static final int IDLE_SECONDS = 360;

  private final Limits limits;
  private final Refusals refusals;
  private final Door door;
  private final Handshakes handshakes;
  private final HalfHeads halfHeads;
  private final HttpOpenListener http;
  private volatile boolean closing;

  /** @param calls gets those whose head is whole */
  Entrance(Limits limits, Refusals refusals, ByteBufferPool buffers, HttpHandler calls) {
    this.limits = limits;
    this.refusals = refusals;
    this.door = new Door(limits.connectionsPerAddress());
    this.handshakes = new Handshakes(limits.second(), () -> refusals.count(Refusal.TOO_SLOW));
    this.halfHeads = new HalfHeads(limits.halfHeads());
    this.http = new HttpOpenListener(buffers, options(limits));
    http.setRootHandler(exchange -> watched(exchange, calls));
  }

  private static OptionMap options(Limits limits) {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
        .set(UndertowOptions.MAX_HEADER_SIZE, HeadWatch.MAX_BYTES)
        .set(UndertowOptions.MAX_ENTITY_SIZE, -1L) // routes have limits of their own
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int)
            limits.seconds(IDLE_SECONDS).toMillis())
        .getMap();
  }

  /** @throws IOException if the address cannot be had */
  AcceptingChannel<? extends StreamConnection> open(
      XnioWorker worker, InetSocketAddress address, Tls.@Nullable Server tls) throws IOException {
    OptionMap.Builder sockets = OptionMap.builder()
        .set(Options.WORKER_IO_THREADS, worker.getIoThreadCount())
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BALANCING_TOKENS, 1)
        .set(Options.BALANCING_CONNECTIONS, 2)
        .set(Options.BACKLOG, BACKLOG)
        .set(Options.CONNECTION_HIGH_WATER, limits.connections())
        .set(Options.CONNECTION_LOW_WATER, limits.connections());
    ChannelListener<StreamConnection> opened = this::opened;
    AcceptingChannel<? extends StreamConnection> channel;
    if (tls == null) {
      channel = worker.createStreamConnectionServer(
          address, ChannelListeners.openListenerAdapter(opened), sockets.getMap());
    } else {
      if (tls.asksClients()) {
        sockets.set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED);
      }
      OptionMap direct = OptionMap.create(Options.USE_DIRECT_BUFFERS, true);
      channel = new UndertowXnioSsl(worker.getXnio(), direct, tls.context())
          .createSslConnectionServer(
              worker, address, ChannelListeners.openListenerAdapter(opened), sockets.getMap());
    }
    channel.resumeAccepts();
    return channel;
  }

  private void opened(StreamConnection connection) {
    HeadWatch watch = new HeadWatch(connection, limits, refusals, halfHeads);
    boolean admitted = door.admits(connection, left -> {
      handshakes.done(left);
      watch.closed(closing);
    });
    if (!admitted) {
      refusals.count(Refusal.TOO_MANY);
      IoUtils.safeClose(connection);
      return;
    }
    connection.getSourceChannel().setConduit(watch);
    if (connection instanceof SslConnection secured) {
      handshakes.begun(connection);
      secured.getHandshakeSetter().set(handshakes::done);
    }
    serve(connection);
  }

  /** Undertow puts a close listener in the place of the door's: both must hear of the end. */
  private void serve(StreamConnection connection) {
    ChannelListener<? super StreamConnection> ours = connection.getCloseListener();
    http.handleEvent(connection);
    ChannelListener<? super StreamConnection> theirs = connection.getCloseListener();
    connection.setCloseListener(closed -> {
      ChannelListeners.invokeChannelListener(closed, ours);
      ChannelListeners.invokeChannelListener(closed, theirs);
    });
    if (!connection.isOpen()) {
      ChannelListeners.invokeChannelListener(connection, ours); // it came too late to hear
    }
  }

  private static void watched(HttpServerExchange exchange, HttpHandler calls) throws Exception {
    HeadWatch watch = HeadWatch.of(exchange);
    watch.ended();
    exchange.addExchangeCompleteListener((done, next) -> {
      if (done.isPersistent()) {
        PooledByteBuffer ahead = ((HttpServerConnection) done.getConnection()).getExtraBytes();
        watch.next(ahead == null ? 0 : ahead.getBuffer().remaining());
      }
      next.proceed();
    });
    calls.handleRequest(exchange);
  }

  /** From now on connections that close are our doing. */
  void closing() {
    closing = true;
  }
}
