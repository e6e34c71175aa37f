package dev.weir.relay;

import dev.weir.http.Answer;
import dev.weir.http.Budget;
import dev.weir.http.HttpServer;
import dev.weir.http.Routes;
import dev.weir.http.Tokens;
import dev.weir.loop.Running;
import dev.weir.relay.api.Api;
import dev.weir.relay.api.LeaseId;
import dev.weir.relay.api.ReportsEndpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.bucket.GroupStart;
import dev.weir.relay.fleet.Fleet;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The relay at work: its buckets, the listener for proxies and players, the listener for people.
 *
 * <pre>
 *   proxies ─▶ captures ─▶ Bucket ─▶ Group ─▶ leases ─▶ players
 *   both    ─▶ reports  ─▶ Fleet  ─▶ stats, page
 * </pre>
 */
public final class Relay implements Running {
  private static final ByteSize MAX_BODIES = ByteSize.ofMegabytes(64);
  private static final ByteSize MAX_INFLATED = ByteSize.ofMegabytes(128);

  private final Buckets buckets;
  private final Map<String, HttpServer> servers = new LinkedHashMap<>();
  private boolean closed;

  private Relay(Buckets buckets) {
    this.buckets = buckets;
  }

  /**
   * Opens the buckets that are there and serves; once this returns, the relay is ready.
   *
   * @throws IOException if the data cannot be read or an address cannot be had; nothing runs then
   */
  public static Relay start(RelayConfig config) throws IOException {
    return start(config, new DiskStorage(config.data(), Clocks.SYSTEM.wall()), Clocks.SYSTEM);
  }

  static Relay start(RelayConfig config, Storage storage, Clocks clocks) throws IOException {
    checkReach(config);
    Buckets buckets =
        new Buckets(name -> open(name, config, storage, clocks), config.createBuckets());
    Relay relay = new Relay(buckets);
    try {
      for (BucketName name : storage.present()) {
        buckets.open(name);
      }
      for (BucketName name : config.buckets().keySet()) {
        buckets.open(name);
      }
      relay.serve(config, clocks);
      return relay;
    } catch (IOException | RuntimeException e) {
      relay.close();
      throw e;
    }
  }

  /** The configuration has said so already; a listener open to the world is worth a second look. */
  private static void checkReach(RelayConfig config) throws IOException {
    for (ListenAddress address : List.of(config.listen(), config.admin())) {
      if (config.tokens().isEmpty() && !address.resolve().getAddress().isLoopbackAddress()) {
        throw new IOException(
            address + " can be reached from other machines, so the relay needs tokens:"
                + " run `weir token new` and put what it prints under tokens");
      }
    }
  }

  private static Bucket open(BucketName name, RelayConfig config, Storage storage, Clocks clocks)
      throws IOException {
    RelayConfig.Bucket bucket = config.buckets().getOrDefault(name, RelayConfig.Bucket.DEFAULTS);
    Map<GroupName, GroupStart> groups = new HashMap<>();
    bucket
        .groups()
        .forEach((group, rule) -> groups.put(
            group,
            rule.start() == RelayConfig.Start.NEWEST ? GroupStart.NEWEST : GroupStart.OLDEST));
    Spool.WhenFull whenFull = bucket.whenFull() == RelayConfig.WhenFull.DROP_OLDEST
        ? Spool.WhenFull.DROP_OLDEST
        : Spool.WhenFull.REFUSE;
    Bucket.Rules rules = new Bucket.Rules(whenFull, bucket.keep().time(), groups);
    Spool spool = storage.spool(name, bucket);
    try {
      DeadStore dead = storage.dead(name, bucket);
      try {
        return Bucket.open(name, rules, spool, dead, clocks).start();
      } catch (IOException | RuntimeException e) {
        dead.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  private void serve(RelayConfig config, Clocks clocks) throws IOException {
    Tokens tokens = new Tokens(config.tokens().stream()
        .map(token -> Tokens.Token.of(
            token.name(),
            token.sha256(),
            token.roles().stream().map(Grant::toString).collect(Collectors.toSet())))
        .toList());
    Fleet fleet = new Fleet(clocks.wall());
    Routes api = Api.routes(
        buckets, LeaseId.Issuer.random(), new Budget(MAX_INFLATED), new ReportsEndpoint(fleet));
    servers.put("listen", listen(config.listen(), tokens, api));
    Routes admin = new Routes()
        .get(
            "/livez",
            Routes.Demand.NOTHING,
            call -> CompletableFuture.completedFuture(Answer.text("text/plain", "alive\n")));
    servers.put("admin", listen(config.admin(), tokens, admin));
  }

  private static HttpServer listen(ListenAddress address, Tokens tokens, Routes routes)
      throws IOException {
    return HttpServer.start(
        new HttpServer.Listener(address.resolve(), null, tokens, new Budget(MAX_BODIES)), routes);
  }

  @Override
  public Map<String, String> addresses() {
    Map<String, String> addresses = new LinkedHashMap<>();
    servers.forEach((purpose, server) -> {
      InetSocketAddress at = server.address();
      addresses.put(
          purpose, new ListenAddress(at.getAddress().getHostAddress(), at.getPort()).toString());
    });
    return addresses;
  }

  /** The buckets first: they answer everybody who waits, and the servers carry that out. */
  @Override
  public void close() {
    synchronized (servers) {
      if (closed) {
        return;
      }
      closed = true;
    }
    buckets.close();
    List<HttpServer> open = new ArrayList<>(servers.values());
    open.forEach(HttpServer::close);
  }
}
