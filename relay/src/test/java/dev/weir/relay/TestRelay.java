package dev.weir.relay;

import dev.weir.capture.RunId;
import dev.weir.relay.lease.Clocks;
import dev.weir.script.engine.ScriptException;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Protocol;
import dev.weir.wire.Settlement;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;

/** A relay on free ports, and what a proxy and a player say to it. */
final class TestRelay implements AutoCloseable {
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(64);

  private final Relay relay;
  private final OkHttpClient client =
      new OkHttpClient.Builder().readTimeout(java.time.Duration.ofSeconds(30)).build();

  private TestRelay(Relay relay) {
    this.relay = relay;
    client.dispatcher().setMaxRequests(2_000);
    client.dispatcher().setMaxRequestsPerHost(2_000);
  }

  static TestRelay start(Path data) {
    return start(config(data, List.of()));
  }

  static TestRelay start(RelayConfig config) {
    return start(config, new InMemoryStorage());
  }

  static TestRelay start(RelayConfig config, Storage storage) {
    return start(config, storage, Clocks.SYSTEM);
  }

  static TestRelay start(RelayConfig config, Storage storage, Clocks clocks) {
    try {
      return new TestRelay(Relay.start(config, storage, clocks));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ScriptException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static RelayConfig config(Path data, List<RelayConfig.Token> tokens) {
    ListenAddress any = new ListenAddress("127.0.0.1", 0);
    return new RelayConfig("relay-1", any, any, data, true, null, tokens, Map.of());
  }

  record Leased(String id, List<LeasedCapture> captures) {}

  static List<Entry> batch(long first, String... sessions) {
    List<Entry> entries = new ArrayList<>();
    for (String session : sessions) {
      entries.add(new Frame(first + entries.size(), Samples.capture(session)));
    }
    return entries;
  }

  Stored ship(String bucket, RunId run, long acked, String... sessions) throws IOException {
    try (Response response = ship(bucket, run, acked, batch(acked + 1, sessions))) {
      return Json.read(response.body().bytes(), Stored.class);
    }
  }

  Response ship(String bucket, RunId run, long acked, List<Entry> entries) throws IOException {
    return client
        .newCall(
            post(Protocol.capturesPath(bucket), Zstd.compress(BatchCodec.encodeShipped(entries)))
                .header("Content-Encoding", Protocol.ZSTD)
                .header(Protocol.RUN, run.value())
                .header(Protocol.PROXY, "web%2D1")
                .header(Protocol.ACKED, Long.toString(acked))
                .build())
        .execute();
  }

  Leased lease(String bucket, int max, long waitMs) throws Exception {
    return leaseLater(bucket, max, waitMs).get();
  }

  static LeaseRequest request(int max, long waitMs) {
    return new LeaseRequest(
        new GroupName("default"),
        "player-1",
        LeaseRequest.Order.SESSION,
        max,
        1 << 20,
        60_000,
        waitMs);
  }

  /** A bare connection to the listener for proxies and players. */
  Socket connect() throws IOException {
    HttpUrl listen = HttpUrl.get("http://" + relay.addresses().get("listen"));
    return new Socket(listen.host(), listen.port());
  }

  CompletableFuture<Leased> leaseLater(String bucket, int max, long waitMs) {
    LeaseRequest request = request(max, waitMs);
    CompletableFuture<Leased> leased = new CompletableFuture<>();
    client
        .newCall(post(Protocol.leasesPath(bucket), Json.write(request)).build())
        .enqueue(new Callback() {
          @Override
          public void onResponse(Call call, Response response) throws IOException {
            try (response) {
              byte[] body = response.body().bytes();
              String id = response.header(Protocol.LEASE, "");
              leased.complete(new Leased(
                  id,
                  id.isEmpty()
                      ? List.of()
                      : BatchCodec.decodeLeased(Zstd.decompress(body, LIMIT))));
            } catch (IOException e) {
              leased.completeExceptionally(e);
            }
          }

          @Override
          public void onFailure(Call call, IOException e) {
            leased.completeExceptionally(e);
          }
        });
    return leased;
  }

  int settle(String lease, Settlement settlement) throws IOException {
    try (Response response = client
        .newCall(post(Protocol.settlePath(lease), Json.write(settlement)).build())
        .execute()) {
      return response.code();
    }
  }

  static Settlement delivered(long from, long through) {
    return new Settlement(
        List.of(new Settlement.Range(from, through)),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        true);
  }

  OkHttpClient client() {
    return client;
  }

  okhttp3.Request.Builder post(String path, byte[] body) {
    return post("listen", path, body);
  }

  okhttp3.Request.Builder postAdmin(String path, byte[] body) {
    return post("admin", path, body);
  }

  private okhttp3.Request.Builder post(String listener, String path, byte[] body) {
    return new okhttp3.Request.Builder()
        .url("http://" + relay.addresses().get(listener) + path)
        .post(RequestBody.create(body));
  }

  /** What the admin listener answers. */
  String get(String path) throws IOException {
    okhttp3.Request request = new okhttp3.Request.Builder()
        .url("http://" + relay.addresses().get("admin") + path)
        .build();
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  /** The status of what the admin listener answers to an empty post. */
  int postToAdmin(String path, String token) throws IOException {
    okhttp3.Request request = new okhttp3.Request.Builder()
        .url("http://" + relay.addresses().get("admin") + path)
        .header("Authorization", "Bearer " + token)
        .post(RequestBody.create(new byte[0]))
        .build();
    try (Response response = client.newCall(request).execute()) {
      return response.code();
    }
  }

  /** The status of what the admin listener answers to a request with one more header. */
  int getAs(String path, String header, String value) throws IOException {
    okhttp3.Request request = new okhttp3.Request.Builder()
        .url("http://" + relay.addresses().get("admin") + path)
        .header(header, value)
        .build();
    try (Response response = client.newCall(request).execute()) {
      return response.code();
    }
  }

  void stop() {
    relay.close();
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdownNow();
    relay.close();
  }
}
