package dev.weir.proxy.http;

import dev.weir.loop.Ticker;
import dev.weir.unit.Origin;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.FailedIoFuture;
import org.xnio.FutureResult;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Opens connections to the service, at the first of its addresses that takes one. Its name is
 * looked up again now and then, and soon while it cannot be reached, on another thread; a look-up
 * that fails leaves the last addresses in use. Any thread may call.
 */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
  private static final Duration LOOK_UP_AFTER = Duration.ofSeconds(30);
  private static final Duration LOOK_UP_IN_TROUBLE_AFTER = Duration.ofSeconds(1);

  /** For so long an address is waited for where there is another one. */
  private static final long MUTE_MILLIS = 2_000;

  private final Origin service;
  private final @Nullable UndertowXnioSsl tls;
  private final OptionMap options;
  private final Names names;
  private final Executor lookUps;
  private final Ticker ticker;
  private final AtomicBoolean unreachable = new AtomicBoolean();
  private final AtomicBoolean lookingUp = new AtomicBoolean();
  private volatile List<InetSocketAddress> addresses = List.of();
  /** Counts on over the addresses: where the next connection is tried first. */
  private volatile int first;

  private volatile long lookedUpAt;

  /** Knows the addresses of a name. */
  @FunctionalInterface
  interface Names {
    Names SYSTEM = InetAddress::getAllByName;

    /** At least one. */
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /**
   * Knows no address before {@link #lookUp}.
   *
   * @param serverName what the certificate of a service that speaks TLS must say
   */
  Dialer(
      Origin service,
      @Nullable UndertowXnioSsl tls,
      String serverName,
      OptionMap options,
      Names names,
      Executor lookUps,
      Ticker ticker) {
    this.service = service;
    this.tls = tls;
    this.options = OptionMap.builder()
        .addAll(options)
        .set(Options.SSL_PEER_HOST_NAME, serverName)
        .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS")
        .getMap();
    this.names = names;
    this.lookUps = lookUps;
    this.ticker = ticker;
  }

  /** Looks the name up, on this thread. */
  void lookUp() {
    try {
      List<InetSocketAddress> found = Stream.of(names.addresses(service.host()))
          .map(address -> new InetSocketAddress(address, service.port()))
          .toList();
      if (!found.equals(addresses)) {
        addresses = found;
        first = 0;
      }
    } catch (UnknownHostException e) {
      LOG.debug("{} cannot be looked up; staying with {}", service.host(), addresses);
    }
    lookedUpAt = ticker.nanos();
  }

  /** Calls {@code opened} on that thread, unless the answer fails. */
  IoFuture<StreamConnection> open(XnioIoThread thread, Consumer<StreamConnection> opened) {
    refresh();
    List<InetSocketAddress> to = addresses;
    if (to.isEmpty()) {
      IOException reason = new IOException("unknown host " + service.host());
      failed(reason);
      return new FailedIoFuture<>(reason);
    }
    Attempt attempt = new Attempt(thread, to, opened);
    attempt.begin();
    return attempt.result.getIoFuture();
  }

  /** One connection to be, at one address after the other. Its I/O thread's own. */
  private final class Attempt implements IoFuture.Notifier<StreamConnection, InetSocketAddress> {
    private final FutureResult<StreamConnection> result = new FutureResult<>();
    private final XnioIoThread thread;
    private final List<InetSocketAddress> to;
    private final Consumer<StreamConnection> opened;
    private final int start = first;
    private int failures;
    private boolean mute;
    private XnioExecutor.@Nullable Key clock;

    Attempt(XnioIoThread thread, List<InetSocketAddress> to, Consumer<StreamConnection> opened) {
      this.thread = thread;
      this.to = to;
      this.opened = opened;
    }

    void begin() {
      InetSocketAddress address = to.get(Math.floorMod(start + failures, to.size()));
      IoFuture<StreamConnection> future =
          thread.openStreamConnection(address, this::opened, options);
      result.addCancelHandler(future);
      if (failures + 1 < to.size()) {
        clock = thread.executeAfter(() -> skip(future), MUTE_MILLIS, TimeUnit.MILLISECONDS);
      }
      future.addNotifier(this, address);
    }

    private void skip(IoFuture<StreamConnection> future) {
      mute = future.getStatus() == IoFuture.Status.WAITING;
      future.cancel();
    }

    private void opened(StreamConnection connection) {
      if (failures > 0) {
        first = start + failures;
      }
      if (unreachable.compareAndSet(true, false)) {
        LOG.info("{} can be reached again", service);
      }
      UndertowXnioSsl ssl = tls;
      opened.accept(
          ssl == null ? connection : ssl.wrapExistingConnection(connection, options, true));
    }

    @Override
    public void notify(IoFuture<? extends StreamConnection> future, InetSocketAddress address) {
      XnioExecutor.Key running = clock;
      if (running != null) {
        running.remove();
      }
      switch (future.getStatus()) {
        case FAILED -> next(future.getException());
        case CANCELLED -> {
          if (mute) {
            mute = false;
            next(new IOException(address + " does not answer"));
          } else {
            first = start + failures + 1; // this one may well be mute
            failed(new IOException(address + " does not answer"));
            result.setCancelled();
          }
        }
        default -> {}
      }
    }

    private void next(IOException reason) {
      failures++;
      if (failures < to.size()) {
        begin();
      } else {
        failed(reason);
        result.setException(reason);
      }
    }
  }

  private void failed(IOException reason) {
    if (unreachable.compareAndSet(false, true)) {
      LOG.warn("{} cannot be reached: {}; its clients get 502", service, reason.toString());
    }
    refresh();
  }

  private void refresh() {
    Duration pause = unreachable.get() ? LOOK_UP_IN_TROUBLE_AFTER : LOOK_UP_AFTER;
    if (ticker.nanos() - lookedUpAt > pause.toNanos() && lookingUp.compareAndSet(false, true)) {
      try {
        lookUps.execute(() -> {
          lookUp();
          lookingUp.set(false);
        });
      } catch (RejectedExecutionException e) {
        lookingUp.set(false); // the source is closed
      }
    }
  }
}
