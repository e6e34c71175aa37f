package dev.weir.player;

import dev.weir.capture.RunId;
import dev.weir.http.RelayClient;
import dev.weir.http.Reporter;
import dev.weir.loop.Running;
import dev.weir.loop.Ticker;
import dev.weir.player.PlayerConfig.Replay;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.RelayFeed;
import dev.weir.player.replay.Replayer;
import dev.weir.player.target.Target;
import dev.weir.player.target.TargetContext;
import dev.weir.script.Hook;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.Report;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A player that runs: puts feeds, replays and targets together, and takes them apart again. */
public final class Player implements Running {
  private static final Logger LOG = LoggerFactory.getLogger(Player.class);

  private final PlayerConfig config;
  private final String instance = RunId.random().value();
  private final long startedAt = Ticker.SYSTEM.nanos();
  private final RelayClient relay;
  private final List<Line> lines = new ArrayList<>();
  private final Reporter reporter;

  /** One replay with both its ends. */
  private record Line(Feed feed, Replayer replayer, Target target) {}

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
    } catch (IOException | RuntimeException e) {
      player.close();
      throw e;
    }
    player.lines.forEach(line -> line.replayer().start());
    player.reporter.start();
    return player;
  }

  private void open(Replay replay) throws IOException {
    InstantSource clock = InstantSource.system();
    Target target = replay
        .target()
        .open(new TargetContext(
            config.name(),
            replay.bucket(),
            replay.order(),
            replay.concurrency(),
            config.data(),
            clock));
    Feed feed = new RelayFeed(
        relay,
        new RelayFeed.Reader(replay.bucket(), replay.group(), config.name(), replay.order()),
        clock);
    Replayer replayer =
        new Replayer(replay, feed, target, Hook.NONE, Ticker.SYSTEM, RandomGenerator.getDefault());
    lines.add(new Line(feed, replayer, target));
  }

  /** How it is. */
  public PlayerReport report() {
    return new PlayerReport(
        config.name(),
        instance,
        version(),
        Duration.ofNanos(Ticker.SYSTEM.nanos() - startedAt).toMillis(),
        lines.stream().map(line -> line.replayer().state()).toList());
  }

  private static String version() {
    String version = Player.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** None: a player calls, and is not called. */
  @Override
  public Map<String, String> addresses() {
    return Map.of();
  }

  @Override
  public void close() {
    lines.parallelStream().forEach(line -> line.replayer().close());
    reporter.close();
    for (Line line : lines) {
      line.feed().close();
      try {
        line.target().close();
      } catch (IOException e) {
        LOG.warn("a target could not be closed: {}", e.getMessage());
      }
    }
    relay.close();
  }
}
