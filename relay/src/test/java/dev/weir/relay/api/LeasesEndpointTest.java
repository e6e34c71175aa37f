package dev.weir.relay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.capture.RunId;
import dev.weir.http.Budget;
import dev.weir.http.HttpServer;
import dev.weir.http.Refusals;
import dev.weir.http.Routes;
import dev.weir.http.Routes.Demand;
import dev.weir.http.Tokens;
import dev.weir.relay.Samples;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.bucket.Shipment;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How leases get from a bucket to players. */
@Timeout(60)
class LeasesEndpointTest {
  private static final BucketName SHOP = new BucketName("shop");
  private static final String PATH = Protocol.leasesPath(SHOP);
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(64);

  private final Buckets buckets = new Buckets(LeasesEndpointTest::open, true);
  private final Budget leased = new Budget(ByteSize.ofMegabytes(8));
  private final Queue<String> threads = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  private static Bucket open(BucketName name) throws IOException {
    return Bucket.open(
            name,
            new Bucket.Rules(WhenFull.REFUSE, null, Map.of()),
            new InMemorySpool(LIMIT, Duration.ofDays(1), Clocks.SYSTEM.wall()),
            new InMemoryDeadStore(LIMIT),
            Clocks.SYSTEM,
            null)
        .start();
  }

  @BeforeEach
  void start() throws IOException {
    LeasesEndpoint endpoint = new LeasesEndpoint(buckets, LeaseId.Issuer.random(), leased);
    Routes routes = new Routes()
        .post(
            Protocol.leasesPath("{bucket}"),
            Demand.KNOWN,
            ByteSize.ofMegabytes(1),
            call -> endpoint.answer(call).thenApply(answer -> {
              threads.add(Thread.currentThread().getName());
              return answer;
            }));
    server = HttpServer.start(
        new HttpServer.Listener(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            Tokens.NONE,
            new Budget(LIMIT),
            new Refusals()),
        routes);
  }

  @AfterEach
  void stop() {
    buckets.close();
    server.close();
  }

  private void ship(int count, int size) throws IOException {
    byte[] noise = new byte[size]; // which cannot be compressed
    List<Entry> entries = new ArrayList<>();
    for (int seq = 1; seq <= count; seq++) {
      new Random(seq).nextBytes(noise);
      entries.add(new Frame(seq, Samples.capture("s" + seq, noise)));
    }
    buckets.open(SHOP).append(new Shipment(RunId.random(), "web-1", 0, entries)).join();
  }

  private static byte[] request(int max) {
    return Json.write(
        new LeaseRequest(new GroupName("default"), "p", Order.NONE, max, 16 << 20, 60_000, 10_000));
  }

  private CompletableFuture<HttpResponse<byte[]>> lease(int max) {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + PATH);
    return client.sendAsync(
        HttpRequest.newBuilder(uri)
            .POST(HttpRequest.BodyPublishers.ofByteArray(request(max)))
            .build(),
        BodyHandlers.ofByteArray());
  }

  @Test
  void encodesNothingOnTheBucketsLoop() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> answer = lease(10);
    await().until(() -> buckets.open(SHOP).view().polls() == 1);
    ship(1, 1_000);

    assertThat(answer.get().body()).isNotEmpty();
    assertThat(threads).singleElement().asString().contains("task");
  }

  @Test
  void leasesNothingThatThereIsNoMemoryFor() throws Exception {
    ship(4, 7 << 20);
    CompletableFuture<HttpResponse<byte[]>> waiting;
    try (Socket slow = new Socket()) {
      slow.setReceiveBufferSize(4_096);
      slow.connect(server.address());
      byte[] body = request(1);
      String head = "POST " + PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: "
          + body.length + "\r\n\r\n";
      slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      slow.getOutputStream().write(body);
      assertThat(slow.getInputStream().read()).isEqualTo('H');

      waiting = lease(1);
      await().until(() -> buckets.open(SHOP).view().polls() == 1);
      assertThat(buckets.open(SHOP).view().slowest().waiting()).isEqualTo(3);
      assertThat(waiting).isNotDone();
    }
    assertThat(waiting.get().body()).hasSizeGreaterThan(7 << 20);
    await().until(() -> leased.taken().bytes() == 0);
  }
}
