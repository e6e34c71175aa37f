package dev.weir.player.target;

import dev.weir.http.Tls;
import dev.weir.unit.Origin;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * Opens connections to a site. Owns two threads: one for I/O, and one that looks up names, which
 * blocks.
 */
final class Dialer {
  private static final int READ_BUFFER = 16 << 10;

  private final Origin site;
  private final XnioWorker worker;
  private final XnioIoThread io;
  private final @Nullable UndertowXnioSsl tls;
  private final OptionMap options;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER);

  private Dialer(Origin site, XnioWorker worker, Tls.@Nullable Client client) {
    this.site = site;
    this.worker = worker;
    this.io = worker.getIoThread();
    this.tls = client == null
        ? null
        : new UndertowXnioSsl(Xnio.getInstance(), OptionMap.EMPTY, client.context());
    String name = client == null ? site.host() : client.nameOf(site.host());
    this.options = OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS")
        .set(UndertowOptions.SSL_SNI_HOSTNAME, name)
        .set(Options.SSL_PEER_HOST_NAME, name)
        .getMap();
  }

  /** @param client decides which certificates of the site will do; null: it speaks no TLS */
  static Dialer open(Origin site, String name, Tls.@Nullable Client client) throws IOException {
    XnioWorker worker = Xnio.getInstance()
        .createWorker(OptionMap.builder()
            .set(Options.WORKER_NAME, name)
            .set(Options.WORKER_IO_THREADS, 1)
            .set(Options.WORKER_TASK_CORE_THREADS, 1)
            .set(Options.WORKER_TASK_MAX_THREADS, 1)
            .set(Options.THREAD_DAEMON, true)
            .getMap());
    return new Dialer(site, worker, client);
  }

  XnioIoThread ioThread() {
    return io;
  }

  /** Sends the exchange on a new connection, or fails it. */
  void dial(Exchange exchange, SiteConnection.Events events) {
    worker.execute(() -> {
      try {
        InetAddress[] found = InetAddress.getAllByName(site.host());
        io.execute(() -> dial(exchange, events, found, 0));
      } catch (UnknownHostException e) {
        io.execute(() -> exchange.failed(new IOException("no address for " + site.host())));
      }
    });
  }

  private void dial(
      Exchange exchange, SiteConnection.Events events, InetAddress[] addresses, int index) {
    if (exchange.isOver()) {
      return;
    }
    IoFuture<? extends StreamConnection> opening =
        open(new InetSocketAddress(addresses[index], site.port()));
    exchange.connecting(opening);
    opening.addNotifier(
        new IoFuture.HandlingNotifier<StreamConnection, Void>() {
          @Override
          public void handleDone(StreamConnection socket, Void none) {
            SiteConnection connection = new SiteConnection(exchange.key(), socket, buffer, events);
            if (exchange.isOver()) {
              connection.close();
            } else {
              connection.send(exchange);
            }
          }

          @Override
          public void handleFailed(IOException e, Void none) {
            if (index + 1 < addresses.length) {
              dial(exchange, events, addresses, index + 1);
            } else {
              exchange.failed(e);
            }
          }
        },
        null);
  }

  private IoFuture<? extends StreamConnection> open(InetSocketAddress address) {
    return tls == null
        ? io.openStreamConnection(address, null, options)
        : tls.openSslConnection(io, new InetSocketAddress(0), address, null, null, options);
  }

  void close() {
    worker.shutdown();
  }
}
