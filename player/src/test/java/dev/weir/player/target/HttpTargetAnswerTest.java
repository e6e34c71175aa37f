package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HttpTargetAnswerTest extends HttpTargetFixture {
  @Test
  void buriesWhatCannotBeSentAsItWasCaptured() throws Exception {
    ByteSite site = site();
    Target target = exact(site);
    Headers host = Headers.of("Host", "h");
    Request truncated = new Request(
        "POST",
        "http",
        "h",
        "/",
        "HTTP/1.1",
        host,
        Body.truncated(new byte[3], 10),
        Headers.NONE,
        Client.NONE);

    assertThat(reason(target, truncated)).isEqualTo("body truncated: 3 of 10 bytes were captured");
    assertThat(reason(target, Attempts.request("GET", "/a\r\nX: y", host, "")))
        .isEqualTo("request target holds U+000D at 2: it cannot be sent as it is");
    assertThat(reason(target, Attempts.request("GET", "/\u6c34", host, ""))).contains("U+6C34");
    assertThat(reason(target, Attempts.request("GET", "", host, ""))).contains("no request target");
    assertThat(reason(target, Attempts.request("GET /", "/", host, ""))).contains("not a method");
    assertThat(reason(target, Attempts.request("CONNECT", "h:1", host, ""))).contains("CONNECT");
    assertThat(reason(target, Attempts.request("GET", "/", Headers.of("X", "a\nb"), "")))
        .contains("field X holds U+000A");
    assertThat(reason(target, Attempts.request("GET", "/", Headers.of("X:", "a"), "")))
        .contains("not a name of a field");
    assertThat(site.connections()).isZero();
  }

  @Test
  void keepsTheBeginningOfTheAnswer() throws Exception {
    answer = request ->
        "HTTP/1.1 404 Not Here\r\nX-A: 1\r\nContent-Length: 10000\r\n\r\n" + "x".repeat(10_000);

    Outcome outcome = deliver(exact(site()), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOfSatisfying(Delivered.class, delivered -> {
      assertThat(delivered.answer().status()).isEqualTo(404);
      assertThat(delivered.answer().headers().get("x-a")).isEqualTo("1");
      assertThat(delivered.answer().body().size()).isEqualTo(4096);
      assertThat(delivered.answer().body().length()).isEqualTo(10_000);
    });
  }

  @Test
  void followsNoRedirect() throws Exception {
    answer = request -> "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    ByteSite site = site();

    Outcome outcome = deliver(exact(site), Attempts.get("s", "/"));

    assertThat(outcome.answer().status()).isEqualTo(302);
    site.next();
    assertThat(site.waiting()).isZero();
  }

  @Test
  void triesAgainWhenTheSiteAsksForIt() throws Exception {
    answer = request -> "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy";

    Outcome outcome = deliver(exact(site()), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOfSatisfying(Retry.class, retry -> {
      assertThat(retry.reason()).isEqualTo("it answered 503");
      assertThat(retry.after()).isEqualTo(Duration.ofSeconds(7));
      assertThat(retry.answer().body().bytes()).isEqualTo("busy".getBytes(StandardCharsets.UTF_8));
    });
  }

  @Test
  void triesAgainWhenThereIsNoAnswer() throws Exception {
    answer = request -> "";
    ByteSite site = site();
    assertThat(deliver(exact(site), Attempts.get("s", "/")))
        .isEqualTo(new Retry("the connection was closed without an answer"));

    answer = request -> "SSH-2.0-OpenSSH\r\n";
    assertThat(deliver(exact(site), Attempts.get("s", "/")))
        .isEqualTo(new Retry("not an HTTP/1 answer: \"SSH-2.0-OpenSSH\""));

    Target nobody = exact(site);
    site.close();
    assertThat(deliver(nobody, Attempts.get("s", "/"))).isInstanceOf(Retry.class);
  }

  @Test
  void triesAgainWhenTheAnswerTakesTooLong() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    answer = request -> {
      never.await();
      return "";
    };
    Target target = exact(site());

    long before = System.nanoTime();
    Outcome outcome = target
        .deliver(Attempts.get("s", "/"), Duration.ofMillis(200))
        .toCompletableFuture()
        .get();

    assertThat(outcome).isEqualTo(new Retry("no answer within 200ms"));
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(200), Duration.ofMillis(1500));
    never.countDown();
  }

  @Test
  void takesTheHeadOfAStreamThatDoesNotEndForTheAnswer() throws Exception {
    answer = request -> "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
    Target target = exact(site());

    Outcome outcome = target
        .deliver(Attempts.get("s", "/"), Duration.ofMillis(200))
        .toCompletableFuture()
        .get();

    assertThat(outcome).isInstanceOf(Delivered.class);
    assertThat(outcome.answer().body().size()).isEqualTo(9);
  }

  private static String reason(Target target, Request request) throws Exception {
    Outcome outcome = deliver(target, Attempts.of(request));
    assertThat(outcome).isInstanceOf(Dead.class);
    return ((Dead) outcome).reason();
  }
}
