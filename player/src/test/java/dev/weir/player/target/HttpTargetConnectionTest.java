package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Headers;
import dev.weir.config.ClientTls;
import dev.weir.http.Certificates;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HttpTargetConnectionTest extends HttpTargetFixture {
  @Test
  void givesEachSessionAConnectionOfItsOwn() throws Exception {
    ByteSite site = site();
    Target target = target(site, Order.SESSION, false, false);

    for (int i = 0; i < 12; i++) {
      deliver(target, Attempts.get("session-" + i % 3, "/" + i % 3));
    }

    assertThat(site.connections()).isEqualTo(3);
    for (int i = 0; i < 12; i++) {
      ByteSite.Received received = site.next();
      assertThat(received.bytes()).startsWith("GET /" + (received.connection() - 1) + " ");
    }
  }

  @Test
  void sharesConnectionsWhereSessionsDoNotMatter() throws Exception {
    ByteSite site = site();
    Target target = target(site, Order.NONE, false, false);

    for (int i = 0; i < 12; i++) {
      deliver(target, Attempts.get("session-" + i, "/"));
    }

    assertThat(site.connections()).isEqualTo(1);
  }

  @Test
  void opensAnotherConnectionWhenTheSiteHasClosedOne() throws Exception {
    ByteSite site = site();
    Target target = exact(site);
    for (int i = 0; i < 5; i++) {
      assertThat(deliver(target, Attempts.get("s", "/" + i))).isInstanceOf(Delivered.class);
      site.closeConnections();
    }

    assertThat(site.connections()).isEqualTo(5);
  }

  @Test
  void endsAConnectionThatTheAnswerEnds() throws Exception {
    answer = request -> "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    ByteSite site = site();
    Target target = exact(site);

    deliver(target, Attempts.get("s", "/"));
    deliver(target, Attempts.get("s", "/"));

    assertThat(site.connections()).isEqualTo(2);
  }

  @Test
  void failsWhatIsUnderWayWhenItCloses() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    answer = request -> {
      never.await();
      return "";
    };
    ByteSite site = site();
    Target target = exact(site);
    CompletableFuture<Outcome> outcome =
        target.deliver(Attempts.get("s", "/"), TIMEOUT).toCompletableFuture();
    site.next();

    target.close();

    assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo(new Retry("the target is closed"));
    assertThat(deliver(target, Attempts.get("s", "/"))).isInstanceOf(Retry.class);
    never.countDown();
  }

  @Test
  void replaysToASiteThatProvesItself() throws Exception {
    Certificates own = Certificates.make(folder, "dns:localhost");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);
    Headers headers = Headers.of("Host", "h", "X-Big", "x".repeat(40_000));
    String body = "0123456789abcdef".repeat(20_000);

    for (int i = 0; i < 3; i++) {
      Outcome outcome = deliver(
          tlsTarget("localhost", site, own, null),
          Attempts.of(Attempts.request("POST", "/a/../b", headers, body)));
      assertThat(outcome).isInstanceOf(Delivered.class);
      assertThat(site.next().bytes()).startsWith("POST /a/../b HTTP/1.1\r\n").endsWith(body);
    }
  }

  @Test
  void distrustsASiteOfAnotherName() throws Exception {
    Certificates own = Certificates.make(folder, "dns:other.example");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);

    Outcome outcome = deliver(tlsTarget("localhost", site, own, null), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOf(Retry.class);
    assertThat(site.waiting()).isZero();
  }

  @Test
  void expectsTheNameThatTheConfigurationSays() throws Exception {
    Certificates own = Certificates.make(folder, "dns:other.example");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);

    assertThat(deliver(tlsTarget("localhost", site, own, "other.example"), Attempts.get("s", "/")))
        .isInstanceOf(Delivered.class);
  }

  private static ServerSocket tlsServer(Certificates own) throws Exception {
    return own.context()
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private Target tlsTarget(
      String host, ByteSite site, Certificates own, @Nullable String serverName) throws Exception {
    Target target = new HttpTarget.Config(
            new Origin("https", host, site.port()),
            new ClientTls(own.certificate(), null, null, serverName),
            TIMEOUT,
            false,
            false,
            false,
            false)
        .open(context(Order.NONE));
    open.add(target);
    return target;
  }
}
