package dev.weir.proxy.http;

import dev.weir.unit.Origin;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.FailedIoFuture;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * Opens connections to the service. Its name is looked up again now and then, on another thread,
 * and a look-up that fails leaves the last address in use. Any thread may call.
 */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
  private static final long LOOK_UP_NANOS = Duration.ofSeconds(30).toNanos();

  private final Origin service;
  private final @Nullable UndertowXnioSsl tls;
  private final OptionMap options;
  private final Executor lookUps;
  private final AtomicBoolean unreachable = new AtomicBoolean();
  private final AtomicBoolean lookingUp = new AtomicBoolean();
  private volatile InetSocketAddress address;
  private volatile long lookedUpAt;

  /** @param serverName what the certificate of a service that speaks TLS must say */
  Dialer(
      Origin service,
      @Nullable UndertowXnioSsl tls,
      String serverName,
      OptionMap options,
      Executor lookUps) {
    this.service = service;
    this.tls = tls;
    this.options = OptionMap.builder()
        .addAll(options)
        .set(Options.SSL_PEER_HOST_NAME, serverName)
        .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS")
        .getMap();
    this.lookUps = lookUps;
    this.address = lookUp();
    this.lookedUpAt = System.nanoTime();
  }

  private InetSocketAddress lookUp() {
    return new InetSocketAddress(service.host(), service.port());
  }

  /** Calls {@code opened} on that thread, unless the answer fails. */
  IoFuture<StreamConnection> open(XnioIoThread thread, Consumer<StreamConnection> opened) {
    refresh();
    InetSocketAddress to = address;
    if (to.isUnresolved()) {
      return new FailedIoFuture<>(new IOException("unknown host " + service.host()));
    }
    IoFuture<StreamConnection> attempt =
        thread.openStreamConnection(to, connection -> opened(connection, opened), options);
    attempt.addNotifier(
        (future, self) -> {
          if (future.getStatus() == IoFuture.Status.FAILED) {
            self.failed(future.getException());
          }
        },
        this);
    return attempt;
  }

  private void opened(StreamConnection connection, Consumer<StreamConnection> then) {
    if (unreachable.compareAndSet(true, false)) {
      LOG.info("{} can be reached again", service);
    }
    UndertowXnioSsl ssl = tls;
    then.accept(ssl == null ? connection : ssl.wrapExistingConnection(connection, options, true));
  }

  private void failed(IOException reason) {
    if (unreachable.compareAndSet(false, true)) {
      LOG.warn("{} cannot be reached: {}; its clients get 502", service, reason.toString());
    }
  }

  private void refresh() {
    if (System.nanoTime() - lookedUpAt > LOOK_UP_NANOS && lookingUp.compareAndSet(false, true)) {
      lookUps.execute(() -> {
        InetSocketAddress found = lookUp();
        if (found.isUnresolved()) {
          LOG.debug("{} cannot be looked up; staying with {}", service.host(), address);
        } else {
          address = found;
        }
        lookedUpAt = System.nanoTime();
        lookingUp.set(false);
      });
    }
  }
}
