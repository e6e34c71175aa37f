package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.ManualTicker;
import dev.weir.unit.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** A service whose name and addresses change; look-ups run when the test says so. */
@Timeout(60)
class DialerTest {
  private static final Duration LATER = Duration.ofSeconds(2);
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";

  private final ManualTicker ticker = new ManualTicker();
  private final Deque<Runnable> lookUps = new ArrayDeque<>();
  private volatile List<String> known = List.of();
  private XnioWorker worker;
  private ServerSocket service;
  private Dialer dialer;

  @BeforeEach
  void start() throws IOException {
    worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
    service = listen(HERE, 0, 10);
    dialer = new Dialer(
        new Origin("http", "service.example", service.getLocalPort()),
        null,
        "service.example",
        OptionMap.EMPTY,
        this::addresses,
        lookUps::add,
        ticker);
  }

  @AfterEach
  void stop() throws IOException {
    worker.shutdownNow();
    service.close();
  }

  private static ServerSocket listen(String address, int port, int backlog) throws IOException {
    return new ServerSocket(port, backlog, InetAddress.getAllByName(address)[0]);
  }

  private InetAddress[] addresses(String host) throws UnknownHostException {
    if (known.isEmpty()) {
      throw new UnknownHostException(host);
    }
    InetAddress[] addresses = new InetAddress[known.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = InetAddress.getAllByName(known.get(i))[0];
    }
    return addresses;
  }

  /** The address that took a connection, or why none did. */
  private String dial() throws InterruptedException {
    BlockingQueue<String> came = new LinkedBlockingQueue<>();
    IoFuture<StreamConnection> future = dialer.open(worker.getIoThread(), connection -> {
      came.add(connection.getPeerAddress(InetSocketAddress.class).getAddress().getHostAddress());
      IoUtils.safeClose(connection);
    });
    future.addNotifier(
        (ended, nothing) -> {
          if (ended.getStatus() == IoFuture.Status.FAILED) {
            came.add(ended.getException().toString());
          }
        },
        null);
    return String.valueOf(came.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void triesTheNextAddressAndStaysWithTheOneThatTookAConnection() throws Exception {
    known = List.of(ELSEWHERE, HERE);
    dialer.lookUp();
    assertThat(dial()).isEqualTo(HERE);

    try (ServerSocket late = listen(ELSEWHERE, service.getLocalPort(), 10)) {
      dialer.lookUp();
      assertThat(dial()).isEqualTo(HERE);

      service.close();
      assertThat(dial()).isEqualTo(ELSEWHERE);
      assertThat(late.isClosed()).isFalse();
    }
    assertThat(dial()).contains("ConnectException");
  }

  @Test
  void looksUpAnUnknownNameAgainSoon() throws Exception {
    dialer.lookUp();
    assertThat(dial()).contains("unknown host service.example");
    assertThat(lookUps).as("not twice within a second").isEmpty();

    ticker.advance(LATER);
    assertThat(dial()).contains("unknown host");
    assertThat(dial()).contains("unknown host");
    assertThat(lookUps).hasSize(1);

    known = List.of(HERE);
    lookUps.remove().run();
    assertThat(dial()).isEqualTo(HERE);
    ticker.advance(LATER);
    assertThat(dial()).isEqualTo(HERE);
    assertThat(lookUps).as("all is well again").isEmpty();
  }

  @Test
  void looksUpAgainAtOnceWhereNobodyTakesAConnection() throws Exception {
    known = List.of(ELSEWHERE);
    dialer.lookUp();
    ticker.advance(LATER);
    assertThat(lookUps).isEmpty();
    assertThat(dial()).contains("ConnectException");

    known = List.of(HERE);
    lookUps.remove().run();
    assertThat(dial()).isEqualTo(HERE);
  }

  @Test
  void triesAnotherAddressWhereOneIsMute() throws Exception {
    known = List.of(ELSEWHERE, HERE);
    dialer.lookUp();
    List<SocketChannel> queued = new ArrayList<>();
    try (ServerSocket mute = listen(ELSEWHERE, service.getLocalPort(), 1)) {
      for (int i = 0; i < 5; i++) { // more than wait to be accepted
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(mute.getLocalSocketAddress());
        queued.add(channel);
      }
      IoFuture<StreamConnection> attempt = dialer.open(worker.getIoThread(), IoUtils::safeClose);
      attempt.cancel();
      assertThat(attempt.await(10, TimeUnit.SECONDS)).isEqualTo(IoFuture.Status.CANCELLED);
      assertThat(dial()).isEqualTo(HERE);
    } finally {
      queued.forEach(IoUtils::safeClose);
    }
  }
}
