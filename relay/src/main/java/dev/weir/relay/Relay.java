package dev.weir.relay;

import dev.weir.config.Reloading;
import dev.weir.http.Budget;
import dev.weir.http.HttpServer;
import dev.weir.http.Refusals;
import dev.weir.http.Routes;
import dev.weir.http.Tls;
import dev.weir.http.TlsFiles;
import dev.weir.http.Tokens;
import dev.weir.loop.Closer;
import dev.weir.loop.Loop;
import dev.weir.loop.Running;
import dev.weir.loop.WallClock;
import dev.weir.relay.api.Api;
import dev.weir.relay.api.LeaseId;
import dev.weir.relay.api.ReportsEndpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.bucket.GroupStart;
import dev.weir.relay.fleet.Fleet;
import dev.weir.relay.fleet.FleetFile;
import dev.weir.relay.fleet.Observatory;
import dev.weir.relay.fleet.Pulse;
import dev.weir.relay.fleet.RecentLosses;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.operate.OperateRoutes;
import dev.weir.relay.page.AdminRoutes;
import dev.weir.relay.store.DeadStore;
import dev.weir.script.engine.ScriptException;
import dev.weir.spool.DataDirectory;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A relay at work.
 *
 * <pre>
 *  proxies ─▶ captures ─▶ Bucket ─▶ Group ─▶ leases ─▶ players
 *  both    ─▶ reports  ─▶ Fleet  ─▶ Observatory ─▶ page, stats, metrics
 *
 *  two listeners: I/O threads and a few workers each; one loop a bucket, and one for its scripts;
 *  one for the fleet's file, one for the pulse, one for what is lost, one for the timers of scripts
 * </pre>
 */
public final class Relay implements Running {
  /** What the bodies of all calls to a listener may take while they are read and answered. */
  private static final ByteSize MAX_BODIES = ByteSize.ofMegabytes(64);

  /** What all batches under way may take once they are inflated. */
  private static final ByteSize MAX_INFLATED = ByteSize.ofMegabytes(128);

  /** What all leases take together that players have asked for and not yet got. */
  private static final ByteSize MAX_LEASED = ByteSize.ofMegabytes(128);

  /** The keys that a relay takes over as it runs. */
  private static final Set<String> LIVE = Set.of("tokens");

  private final Closer open;
  private final Reloading<RelayConfig> reloading;
  private final Map<String, String> addresses;

  private Relay(Closer open, Reloading<RelayConfig> reloading, Map<String, String> addresses) {
    this.open = open;
    this.reloading = reloading;
    this.addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
  }

  /** Starts with a configuration that stays as it is; files that it names are read again. */
  public static Relay start(RelayConfig config) throws IOException, ScriptException {
    return start(config, () -> config);
  }

  /**
   * Opens the buckets that are there and serves; once this returns, the relay is ready.
   *
   * @param again where the configuration is read again
   * @throws ScriptException if a script does not start, or has nothing to do in a relay
   * @throws IOException if the data cannot be read or an address cannot be had; nothing runs then
   */
  public static Relay start(RelayConfig config, Reloading.Source<RelayConfig> again)
      throws IOException, ScriptException {
    Clocks clocks = Clocks.SYSTEM;
    return start(config, again, new DiskStorage(config.data(), clocks.wall()), clocks);
  }

  /**
   * Compiles and starts the scripts of a configuration, and nothing else.
   *
   * @throws ScriptException if one does not start, or has nothing to do in a relay
   */
  public static void check(RelayConfig config) throws ScriptException {
    BucketScripts.load(config.buckets());
  }

  static Relay start(RelayConfig config, Storage storage, Clocks clocks)
      throws IOException, ScriptException {
    return start(config, () -> config, storage, clocks);
  }

  static Relay start(
      RelayConfig config, Reloading.Source<RelayConfig> again, Storage storage, Clocks clocks)
      throws IOException, ScriptException {
    checkReach(config);
    TlsFiles files = new TlsFiles();
    Tls.Server tls = config.tls() == null ? null : files.server(config.tls());
    Tokens tokens = new Tokens(tokens(config), WallClock.SYSTEM);
    BucketScripts scripts = BucketScripts.load(config.buckets());
    Reloading<RelayConfig> reloading =
        new Reloading<>(config, again, LIVE, fresh -> takeOver(fresh, files, tokens, scripts));
    Closer open = new Closer();
    open.add(DataDirectory.open(config.data()));
    Buckets buckets =
        new Buckets(name -> open(name, config, scripts, storage, clocks), config.createBuckets());
    try {
      for (BucketName name : storage.present()) {
        buckets.open(name);
      }
      for (BucketName name : config.buckets().keySet()) {
        buckets.open(name);
      }
      Listeners listeners = new Listeners(tls, tokens, reloading);
      Map<String, String> addresses = serve(config, listeners, clocks, buckets, scripts, open);
      // closed first: the buckets answer everybody who waits, and the listeners carry that out
      open.add(buckets);
      if (!scripts.isEmpty()) {
        BucketTimers timers = open.add(scripts.timers(buckets));
        open.add(new Loop("timers", timers).start());
      }
      return new Relay(open, reloading, addresses);
    } catch (IOException | RuntimeException e) {
      buckets.close();
      open.close();
      throw e;
    }
  }

  /** The configuration has said so already; a listener open to the world is worth a second look. */
  private static void checkReach(RelayConfig config) throws IOException {
    for (ListenAddress address : List.of(config.listen(), config.admin())) {
      if (config.tokens().isEmpty() && !address.resolve().getAddress().isLoopbackAddress()) {
        throw new IOException(RelayConfig.openTo(address));
      }
    }
  }

  private static Bucket open(
      BucketName name, RelayConfig config, BucketScripts scripts, Storage storage, Clocks clocks)
      throws IOException {
    RelayConfig.Bucket bucket = config.buckets().getOrDefault(name, RelayConfig.Bucket.DEFAULTS);
    Spool spool = storage.spool(name, bucket);
    try {
      DeadStore dead = storage.dead(name, bucket);
      try {
        return Bucket.open(name, rules(bucket), spool, dead, clocks, scripts.open(name))
            .start();
      } catch (IOException | RuntimeException e) {
        dead.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  private static Bucket.Rules rules(RelayConfig.Bucket bucket) {
    Map<GroupName, GroupStart> groups = new HashMap<>();
    bucket
        .groups()
        .forEach((group, rule) -> groups.put(
            group,
            rule.start() == RelayConfig.Start.NEWEST ? GroupStart.NEWEST : GroupStart.OLDEST));
    Spool.WhenFull whenFull = bucket.whenFull() == RelayConfig.WhenFull.DROP_OLDEST
        ? Spool.WhenFull.DROP_OLDEST
        : Spool.WhenFull.REFUSE;
    return new Bucket.Rules(whenFull, bucket.keep().time(), groups);
  }

  /** What the two listeners share. */
  private record Listeners(
      Tls.@Nullable Server tls, Tokens tokens, Reloading<RelayConfig> reloading) {
    HttpServer open(ListenAddress address, Refusals refusals, Routes routes) throws IOException {
      return HttpServer.start(
          new HttpServer.Listener(address.resolve(), tls, tokens, new Budget(MAX_BODIES), refusals),
          routes);
    }
  }

  private static Map<String, String> serve(
      RelayConfig config,
      Listeners listeners,
      Clocks clocks,
      Buckets buckets,
      BucketScripts scripts,
      Closer open)
      throws IOException {
    Fleet fleet = new Fleet(clocks.wall());
    FleetFile file = new FleetFile(fleet, config.data().resolve("fleet.json"));
    file.read();
    open.add(file); // writes the last words, once nobody else does
    open.add(new Loop("fleet-file", file).start());
    Pulse pulse = new Pulse(buckets::views, clocks.ticker());
    open.add(new Loop("pulse", pulse).start());
    Refusals atListen = new Refusals();
    Refusals atAdmin = new Refusals();
    Map<String, Refusals> refusals = Map.of("listen", atListen, "admin", atAdmin);
    RecentLosses losses = new RecentLosses(clocks.wall(), config.data().resolve("losses.json"));
    losses.read();
    Observatory observatory = new Observatory(
        new Observatory.Own(config.name(), scripts::states, listeners.tokens(), refusals),
        buckets,
        fleet,
        pulse,
        losses,
        clocks.wall());
    open.add(new Loop("losses", observatory::noteLosses).start());
    HttpServer admin = open.add(listeners.open(
        config.admin(),
        atAdmin,
        OperateRoutes.addTo(
            AdminRoutes.routes(observatory, buckets, refusals, listeners.reloading()::reload),
            buckets)));
    HttpServer listen = open.add(listeners.open(
        config.listen(),
        atListen,
        Api.routes(
            buckets,
            LeaseId.Issuer.random(),
            new Budget(MAX_INFLATED),
            new Budget(MAX_LEASED),
            new ReportsEndpoint(fleet))));
    Map<String, String> addresses = new LinkedHashMap<>();
    addresses.put("listen", ListenAddress.of(listen.address()).toString());
    addresses.put("admin", ListenAddress.of(admin.address()).toString());
    return addresses;
  }

  private static List<Tokens.Token> tokens(RelayConfig config) {
    return config.tokens().stream()
        .map(token -> new Tokens.Token(token.name(), token.sha256(), roles(token), token.expires()))
        .toList();
  }

  private static List<String> takeOver(
      RelayConfig fresh, TlsFiles files, Tokens tokens, BucketScripts scripts) {
    List<String> wrong = new ArrayList<>(files.reload());
    if (tokens.openToAll() == fresh.tokens().isEmpty()) {
      tokens.replace(tokens(fresh));
    } else {
      wrong.add("the first token and the last come and go with a restart only:"
          + " without tokens everybody may do everything");
    }
    wrong.addAll(scripts.reload());
    return wrong;
  }

  /** Who may change things may see them. */
  private static Set<String> roles(RelayConfig.Token token) {
    Set<String> roles = new HashSet<>();
    for (Grant grant : token.roles()) {
      roles.add(grant.toString());
      if (grant.right() == Grant.Right.OPERATE) {
        roles.add(new Grant(Grant.Right.READ, null).toString());
      }
    }
    return roles;
  }

  @Override
  public Map<String, String> addresses() {
    return addresses;
  }

  @Override
  public List<String> reload() {
    return reloading.reload();
  }

  /** Finishes what is under way, answers everybody who waits, and seals the buckets. */
  @Override
  public void close() {
    open.close();
  }
}
