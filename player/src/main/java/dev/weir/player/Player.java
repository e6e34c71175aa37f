package dev.weir.player;

import dev.weir.capture.RunId;
import dev.weir.http.Admin;
import dev.weir.http.HttpServer;
import dev.weir.http.Metrics;
import dev.weir.http.RelayClient;
import dev.weir.http.Reporter;
import dev.weir.loop.Closer;
import dev.weir.loop.Running;
import dev.weir.loop.Ticker;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.RelayFeed;
import dev.weir.player.replay.Replay;
import dev.weir.player.replay.Replayer;
import dev.weir.player.target.Target;
import dev.weir.player.target.TargetContext;
import dev.weir.script.Hook;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Version;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.Report;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A player that runs: puts feeds, replays and targets together, and takes them apart again. */
public final class Player implements Running {
  private static final InstantSource CLOCK = InstantSource.system();

  private final PlayerConfig config;
  private final String instance = RunId.random().value();
  private final long startedAtMs = CLOCK.millis();
  private final RelayClient relay;
  private final List<Replayer> replayers = new ArrayList<>();

  /** Each replay's feed and target, and then the replay: it ends first. */
  private final Closer replays = new Closer();

  private final Reporter reporter;
  private @Nullable HttpServer admin;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Player(PlayerConfig config, RelayClient relay) {
    this.config = config;
    this.relay = relay;
    this.reporter = new Reporter(relay, () -> new Report(null, report()), Ticker.SYSTEM);
  }

  /** @throws IOException if a target or a TLS file cannot be opened; nothing runs then */
  public static Player start(PlayerConfig config) throws IOException {
    Player player = new Player(config, RelayClient.open(config.relay()));
    try {
      for (Replay replay : config.replays()) {
        player.open(replay);
      }
      player.serve();
    } catch (IOException | RuntimeException e) {
      player.replays.close();
      player.relay.close();
      throw e;
    }
    player.replayers.forEach(Replayer::start);
    player.reporter.start();
    return player;
  }

  private void open(Replay replay) throws IOException {
    if (!replay.scripts().isEmpty()) {
      throw new IOException("the replay of bucket \"" + replay.bucket()
          + "\" names scripts, and this player has no engine to run them");
    }
    Feed feed = replays.add(new RelayFeed(
        relay,
        new RelayFeed.Reader(replay.bucket(), replay.group(), config.name(), replay.order()),
        CLOCK));
    Target target = replays.add(replay
        .target()
        .open(new TargetContext(
            config.name(),
            replay.bucket(),
            replay.order(),
            replay.concurrency(),
            config.data(),
            CLOCK)));
    replayers.add(replays.add(
        new Replayer(replay, feed, target, Hook.NONE, Ticker.SYSTEM, new SplittableRandom())));
  }

  private void serve() throws IOException {
    if (config.admin() != null) {
      admin = Admin.start(config.admin(), new Told());
    }
  }

  /** What monitoring asks for. A player that runs is ready, whatever its relay and targets are. */
  private final class Told implements Admin.Told {
    @Override
    public PlayerReport stats() {
      return report();
    }

    @Override
    public Metrics metrics() {
      return PlayerMetrics.of(report());
    }
  }

  /** How it is. */
  public PlayerReport report() {
    return new PlayerReport(
        config.name(),
        instance,
        Version.CURRENT,
        startedAtMs,
        replayers.stream().map(Replayer::state).toList());
  }

  /** Where it can be asked how it is; a player is called by nobody else. */
  @Override
  public Map<String, String> addresses() {
    return admin == null
        ? Map.of()
        : Map.of("admin", ListenAddress.of(admin.address()).toString());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      if (admin != null) {
        admin.close();
      }
      replayers.forEach(Replayer::drain);
      replays.close();
      reporter.close();
      relay.close();
    }
  }
}
