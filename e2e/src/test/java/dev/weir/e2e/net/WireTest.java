package dev.weir.e2e.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireTest {
  private static final byte[] TEN = "0123456789".getBytes(StandardCharsets.US_ASCII);

  private ServerSocket server;
  private Wire wire;
  private Socket client;
  private Socket accepted;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    wire = Wire.to((InetSocketAddress) server.getLocalSocketAddress());
    client = new Socket(wire.address().getAddress(), wire.address().getPort());
    accepted = server.accept();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    accepted.close();
    wire.close();
    server.close();
  }

  private void send() throws IOException {
    client.getOutputStream().write(TEN);
  }

  private void awaitHarm() {
    Awaitility.await().until(() -> wire.timesFelt() > 0);
  }

  @Test
  void carriesBothWaysUntilTheEnd() throws Exception {
    send();
    assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
    accepted.getOutputStream().write(TEN);
    accepted.close();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(TEN);
    assertThat(wire.timesFelt()).isZero();
  }

  @Test
  void keepsEveryByteThatOnlyComesLateSlowlyOrInPieces() throws Exception {
    for (Toxic toxic : new Toxic[] {
      new Latency(Duration.ofMillis(10), Duration.ofMillis(5)),
      new Bandwidth(1_000),
      new Slicer(3, Duration.ofMillis(1))
    }) {
      wire.spoil(toxic, Direction.UP);
      long begun = System.nanoTime();
      send();
      assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
      assertThat(System.nanoTime() - begun).isGreaterThan(3_000_000);
      awaitHarm();
    }
  }

  @Test
  void resetsOnceTheBytesHavePassed() throws Exception {
    wire.spoil(new ResetAfter(15), Direction.UP);
    send();
    assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
    assertThat(wire.timesFelt()).isZero();
    send();
    awaitHarm();
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void endsOneDirectionAndLeavesTheOtherOpen() throws Exception {
    wire.spoil(new HalfClose(4), Direction.UP);
    send();
    assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(TEN, 4));
    accepted.getOutputStream().write(TEN);
    assertThat(client.getInputStream().readNBytes(10)).isEqualTo(TEN);
  }

  @Test
  void breaksWhatLacksBytesOnceItIsMended() throws Exception {
    wire.spoil(new BlackHole(), Direction.UP);
    send();
    awaitHarm();
    assertThat(accepted.getInputStream().available()).isZero();
    wire.mend();
    assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void leavesAloneWhatLacksNothing() throws Exception {
    wire.spoil(new Slicer(3, Duration.ofMillis(1)), Direction.UP);
    send();
    assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
    wire.mend();
    send();
    assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
  }

  @Test
  void carriesNothingWhileItIsCut() throws Exception {
    wire.cut();
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    try (Socket another = new Socket(wire.address().getAddress(), wire.address().getPort())) {
      assertThatThrownBy(() -> another.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    assertThat(wire.timesFelt()).isPositive();
    wire.mend();
    try (Socket another = new Socket(wire.address().getAddress(), wire.address().getPort())) {
      another.getOutputStream().write(TEN);
      assertThat(server.accept().getInputStream().readNBytes(10)).isEqualTo(TEN);
    }
  }
}
