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
  private final AtomicBoolean lookingUp = new AtomicBoolean();
  private volatile InetSocketAddress address;
  private volatile long lookedUpAt;

  Dialer(Origin service, @Nullable UndertowXnioSsl tls, OptionMap options, Executor lookUps) {
    this.service = service;
    this.tls = tls;
    this.options = OptionMap.builder()
        .addAll(options)
        .set(Options.SSL_PEER_HOST_NAME, service.host())
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
    UndertowXnioSsl ssl = tls;
    return thread.openStreamConnection(
        to,
        connection -> opened.accept(
            ssl == null ? connection : ssl.wrapExistingConnection(connection, options, true)),
        options);
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
