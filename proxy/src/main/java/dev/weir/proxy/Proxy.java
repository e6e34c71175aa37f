package dev.weir.proxy;

import dev.weir.config.Reloading;
import dev.weir.http.Admin;
import dev.weir.http.HttpServer;
import dev.weir.http.RelayClient;
import dev.weir.http.Reporter;
import dev.weir.http.TlsFiles;
import dev.weir.loop.Closer;
import dev.weir.loop.Loop;
import dev.weir.loop.Running;
import dev.weir.loop.SteadyClock;
import dev.weir.loop.Ticker;
import dev.weir.loop.Together;
import dev.weir.loop.WallClock;
import dev.weir.proxy.BucketLine.ProxyRate;
import dev.weir.proxy.ledger.DirectoryId;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.ledger.LedgerRecovery;
import dev.weir.proxy.pipeline.Outlet;
import dev.weir.proxy.pipeline.Pipeline;
import dev.weir.proxy.pipeline.Route;
import dev.weir.proxy.ship.RelayUplink;
import dev.weir.proxy.ship.Uplink;
import dev.weir.proxy.source.Source;
import dev.weir.proxy.source.SourceConfig;
import dev.weir.proxy.source.SourceContext;
import dev.weir.script.engine.ScriptException;
import dev.weir.spool.DataDirectory;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.SourceName;
import dev.weir.wire.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A proxy at work.
 *
 * <pre>
 *  sources ─▶ pipeline ─▶ one spool a bucket ─▶ one shipper a bucket ─▶ relay
 *  I/O threads  one thread, hooks too             one thread each        reporter: one thread
 *  timers ──────▲ one thread
 * </pre>
 */
public final class Proxy implements Running {
  /** Where pages outlive a process without a disk behind them. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** The keys that a proxy takes over as it runs. */
  private static final Set<String> LIVE = Set.of("relay");

  private static final InstantSource CLOCK = WallClock.SYSTEM;

  private final Closer open;
  private final Reloading<ProxyConfig> reloading;
  private final Map<String, String> addresses;

  private Proxy(Closer open, Reloading<ProxyConfig> reloading, Map<String, String> addresses) {
    this.open = open;
    this.reloading = reloading;
    this.addresses = Collections.unmodifiableMap(addresses);
  }

  /** Starts with a configuration that stays as it is; files that it names are read again. */
  public static Proxy start(ProxyConfig config) throws IOException, ScriptException {
    return start(config, () -> config);
  }

  /**
   * Starts everything that the configuration names; serves once this returns.
   *
   * @param again where the configuration is read again
   * @throws ScriptException if a script does not start: nothing is captured without it
   * @throws IOException if something cannot be opened; what was open by then is closed again
   */
  public static Proxy start(ProxyConfig config, Reloading.Source<ProxyConfig> again)
      throws IOException, ScriptException {
    forgetAddressesSoon();
    Closer open = new Closer();
    Scripts scripts = open.add(Scripts.start(config));
    try {
      return start(config, again, scripts, open);
    } catch (IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /**
   * Java would know for 30 s where a service was, and for ten that its name was not there yet. Who
   * has set the first in {@code java.security} knows better; the second is always set there.
   */
  private static void forgetAddressesSoon() {
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "1");
      Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }
  }

  /**
   * Compiles and starts the scripts of a configuration, and nothing else.
   *
   * @throws ScriptException if one of them does not start or has nothing to do
   */
  public static void check(ProxyConfig config) throws ScriptException {
    Scripts.start(config).close();
  }

  private static Proxy start(
      ProxyConfig config, Reloading.Source<ProxyConfig> again, Scripts scripts, Closer open)
      throws IOException {
    TlsFiles files = new TlsFiles();
    open.add(DataDirectory.open(config.data()));
    DirectoryId directory = DirectoryId.start(config.data(), CLOCK);
    LedgerRecovery recovery = LedgerRecovery.read(directory, config.data(), SHARED_MEMORY);
    InstantSource steady = new SteadyClock(CLOCK, Ticker.SYSTEM);
    Map<BucketName, Spool> spools = Spools.open(config, recovery, steady, open);
    int underWay = config.queue().captures() + Pipeline.MAX_BATCH_CAPTURES;
    Ledger ledger = recovery.complete(spools, underWay);

    RelayClient client = open.add(RelayClient.open(config.relay()));
    Uplink uplink = new RelayUplink(client, config.name(), CLOCK);
    ProxyRate rate = ProxyRate.of(config.rate(), Ticker.SYSTEM);
    List<BucketLine> lines = new ArrayList<>();
    Map<BucketName, Outlet> outlets = new LinkedHashMap<>();
    spools.forEach((bucket, spool) -> {
      ProxyConfig.Bucket named = config.buckets().get(bucket);
      ProxyConfig.Bucket limits = named == null ? ProxyConfig.Bucket.UNNAMED : named;
      BucketLine line = new BucketLine(bucket, limits, spool, uplink, rate, Ticker.SYSTEM);
      lines.add(line);
      if (named != null) {
        outlets.put(bucket, line.outlet());
      }
    });
    Pipeline pipeline = new Pipeline(
        config.queue().captures(), config.queue().bytes(), ledger, outlets, Ticker.SYSTEM);
    SourceContext context = new SourceContext(config.name(), config.data(), files, CLOCK);
    Map<SourceName, Source> sources = new LinkedHashMap<>();
    config.sources().forEach(source -> sources.put(source.name(), source.open(context)));
    Status status = new Status(config.name(), directory, sources, pipeline, lines, scripts);
    Reloading<ProxyConfig> reloading =
        new Reloading<>(config, again, LIVE, fresh -> takeOver(fresh, files, client, scripts));

    // closed in reverse: sources and timers end, the queue drains, the books close, what waits is
    // shipped, a last report goes out, scripts stop
    Reporter reporter =
        open.add(new Reporter(client, () -> new Report(status.stats(), null), Ticker.SYSTEM));
    open.add(new Together(lines));
    lines.forEach(BucketLine::start);
    open.add(ledger);
    open.add(pipeline).start();
    if (!scripts.isEmpty()) {
      open.add(new Loop("timers", scripts.timers(pipeline))).start();
    }
    Map<String, String> addresses = start(config, sources, scripts, pipeline, open);
    if (config.admin() != null) {
      HttpServer admin =
          open.add(Admin.start(config.admin(), files, status.told(reloading::reload)));
      addresses.put("admin", ListenAddress.of(admin.address()).toString());
    }
    reporter.start();
    return new Proxy(open, reloading, addresses);
  }

  private static List<String> takeOver(
      ProxyConfig fresh, TlsFiles files, RelayClient client, Scripts scripts) {
    List<String> wrong = new ArrayList<>(files.reload());
    try {
      client.use(fresh.relay());
    } catch (IOException e) {
      wrong.add("relay: " + e.getMessage());
    }
    wrong.addAll(scripts.reload());
    return wrong;
  }

  private static Map<String, String> start(
      ProxyConfig config,
      Map<SourceName, Source> sources,
      Scripts scripts,
      Pipeline pipeline,
      Closer open)
      throws IOException {
    Map<String, String> addresses = new LinkedHashMap<>();
    open.add(new Together(List.copyOf(sources.values())));
    for (SourceConfig given : config.sources()) {
      Source source = Objects.requireNonNull(sources.get(given.name()));
      Set<BucketName> buckets = Set.copyOf(given.buckets());
      source.start(pipeline.intake(new Route(scripts.hook(given.name()), buckets)));
      addresses.put(given.name().value(), ListenAddress.of(source.address()).toString());
    }
    return addresses;
  }

  @Override
  public Map<String, String> addresses() {
    return addresses;
  }

  @Override
  public List<String> reload() {
    return reloading.reload();
  }

  @Override
  public void close() {
    open.close();
  }
}
