package dev.weir.player.feed;

import dev.weir.loop.Loop;
import dev.weir.player.feed.Feed.Ack;
import dev.weir.player.feed.Feed.Grant;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Extension;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Report;
import dev.weir.wire.Settlement;
import dev.weir.wire.Zstd;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Speaks the relay's protocol for one bucket, over a feed in memory. */
public final class StubRelay implements AutoCloseable {
  private final InMemoryFeed bucket;
  private final Undertow server;
  private final List<PlayerReport> reports = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Loop ticking = new Loop("stub-relay", this::tick);
  private volatile @Nullable Refusal refusal;

  private volatile int mostBytes = Integer.MAX_VALUE;

  private record Refusal(int status, String body, String retryAfter) {}

  public StubRelay(InMemoryFeed bucket) {
    this.bucket = bucket;
    this.server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setIoThreads(1)
        .setWorkerThreads(2)
        .setHandler(exchange -> exchange.getRequestReceiver().receiveFullBytes(this::serve))
        .build();
    server.start();
    ticking.start();
  }

  public String url() {
    InetSocketAddress address =
        (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    return "http://127.0.0.1:" + address.getPort();
  }

  public List<PlayerReport> reports() {
    return reports;
  }

  /** Method, path and Authorization of every request. */
  public List<String> requests() {
    return requests;
  }

  /** From now on it answers this to everything. */
  public void refuse(int status, String body, String retryAfter) {
    refusal = new Refusal(status, body, retryAfter);
  }

  /** From now on it takes no larger body. */
  public void take(int bytes) {
    mostBytes = bytes;
  }

  public void serveAgain() {
    refusal = null;
  }

  private Duration tick() {
    bucket.step();
    return Duration.ofMillis(20);
  }

  private void serve(HttpServerExchange exchange, byte[] body) {
    try {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestPath() + " "
          + exchange.getRequestHeaders().getFirst("Authorization"));
      Refusal refused = refusal;
      String[] path = exchange.getRequestPath().split("/", -1);
      if (refused != null) {
        exchange.setStatusCode(refused.status());
        exchange.getResponseHeaders().put(new HttpString("Retry-After"), refused.retryAfter());
        exchange.getResponseSender().send(refused.body());
      } else if (body.length > mostBytes) {
        exchange.setStatusCode(413).getResponseSender().send("too large");
      } else if (exchange.getRequestPath().equals(Protocol.REPORTS_PATH)) {
        reports.add(Json.read(body, Report.class).player());
        exchange.setStatusCode(204).endExchange();
      } else if (path[2].equals("buckets")) {
        lease(exchange, Json.read(body, LeaseRequest.class));
      } else if (path[4].equals("settle")) {
        acknowledge(exchange, bucket.settle(path[3], Json.read(body, Settlement.class)));
      } else {
        Duration length = Duration.ofMillis(Json.read(body, Extension.class).leaseMs());
        acknowledge(exchange, bucket.extend(path[3], length));
      }
    } catch (java.io.IOException e) {
      exchange.setStatusCode(400);
      exchange.getResponseSender().send(e.toString());
    }
  }

  private void lease(HttpServerExchange exchange, LeaseRequest request) {
    CompletionStage<Grant> reply = bucket.lease(new Feed.Ask(
        request.max(),
        request.maxBytes(),
        Duration.ofMillis(request.leaseMs()),
        Duration.ofMillis(request.waitMs()),
        request.lease()));
    Runnable answer = () -> reply.thenAccept(grant -> answer(exchange, grant));
    exchange.dispatch(SameThreadExecutor.INSTANCE, answer);
  }

  private static void answer(HttpServerExchange exchange, Grant grant) {
    exchange.getResponseHeaders().put(new HttpString("Content-Type"), Protocol.CBOR_SEQUENCE);
    if (grant instanceof Grant.Leased leased) {
      exchange.getResponseHeaders().put(new HttpString(Protocol.LEASE), leased.lease());
      exchange.getResponseHeaders().put(new HttpString("Content-Encoding"), Protocol.ZSTD);
      exchange
          .getResponseSender()
          .send(ByteBuffer.wrap(Zstd.compress(BatchCodec.encodeLeased(leased.captures()))));
    } else {
      exchange.endExchange();
    }
  }

  private static void acknowledge(HttpServerExchange exchange, CompletableFuture<Ack> reply) {
    Ack ack = reply.join();
    if (ack instanceof Ack.Gone gone) {
      exchange.setStatusCode(410);
      exchange.getResponseSender().send(ByteBuffer.wrap(Json.write(Problem.of(gone.reason()))));
    } else {
      exchange.setStatusCode(204).endExchange();
    }
  }

  @Override
  public void close() {
    ticking.close();
    server.stop();
  }
}
