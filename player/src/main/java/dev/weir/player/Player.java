package dev.weir.player;

import dev.weir.capture.RunId;
import dev.weir.config.Reloading;
import dev.weir.http.Admin;
import dev.weir.http.HttpServer;
import dev.weir.http.Metrics;
import dev.weir.http.RelayClient;
import dev.weir.http.Reporter;
import dev.weir.http.TlsFiles;
import dev.weir.loop.Closer;
import dev.weir.loop.Loop;
import dev.weir.loop.Running;
import dev.weir.loop.Ticker;
import dev.weir.loop.WallClock;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.RelayFeed;
import dev.weir.player.replay.Replay;
import dev.weir.player.replay.Replayer;
import dev.weir.player.replay.Targets;
import dev.weir.player.target.Outcome;
import dev.weir.player.target.TargetConfig;
import dev.weir.player.target.TargetContext;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.spool.DataDirectory;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Version;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.Report;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A player that runs: puts feeds, replays and targets together, and takes them apart again. */
public final class Player implements Running {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  /** The keys that a player takes over as it runs. */
  private static final Set<String> LIVE = Set.of("relay");

  private static final InstantSource CLOCK = WallClock.SYSTEM;

  /** Of one answer's body, and of those of all attempts under way, in bytes, for scripts to see. */
  private static final long MOST_ANSWER = 1 << 20;

  private static final long MOST_ANSWERS = 64 << 20;

  private final PlayerConfig config;
  private final String instance = RunId.random().value();
  private final long startedAtMs = CLOCK.millis();
  private final RelayClient relay;
  private final Reloading<PlayerConfig> reloading;
  private final TlsFiles files = new TlsFiles();
  private final List<Scripted> running = new ArrayList<>();
  private final Host host = Host.system();

  /** The data directory; each replay's feed, target and scripts; then the replay: it ends first. */
  private final Closer replays = new Closer();

  /** A replay and its scripts. */
  private record Scripted(Replayer replayer, ReplayScripts scripts) {}

  private final Reporter reporter;
  private @Nullable HttpServer admin;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Player(PlayerConfig config, Reloading.Source<PlayerConfig> again, RelayClient relay) {
    this.config = config;
    this.reloading = new Reloading<>(config, again, LIVE, this::takeOver);
    this.relay = relay;
    this.reporter = new Reporter(relay, () -> new Report(null, report()), Ticker.SYSTEM);
  }

  /** Starts with a configuration that stays as it is; files that it names are read again. */
  public static Player start(PlayerConfig config) throws IOException, ScriptException {
    return start(config, () -> config);
  }

  /**
   * Once this returns, all replays run; where it throws, none does.
   *
   * @param again where the configuration is read again
   * @throws ScriptException if a script does not start, or has nothing to do here
   * @throws IOException if another process has the data directory, or a target or a TLS file cannot
   *     be opened
   */
  public static Player start(PlayerConfig config, Reloading.Source<PlayerConfig> again)
      throws IOException, ScriptException {
    int polls = config.replays().size();
    Player player = new Player(config, again, RelayClient.open(config.relay(), polls));
    try {
      player.replays.add(DataDirectory.open(config.data()));
      for (Replay replay : config.replays()) {
        player.open(replay);
      }
      player.serve();
    } catch (IOException | ScriptException | RuntimeException e) {
      player.replays.close();
      player.relay.close();
      throw e;
    }
    if (config.replays().stream().anyMatch(replay -> !replay.scripts().isEmpty())) {
      player.replays.add(new Loop("timers", player::callTimers)).start();
    }
    player.running.forEach(replay -> replay.replayer().start());
    player.reporter.start();
    return player;
  }

  /**
   * Compiles and starts the scripts of a configuration, and nothing else.
   *
   * @throws ScriptException if one does not start, or has nothing to do here
   */
  public static void check(PlayerConfig config) throws ScriptException {
    for (Replay replay : config.replays()) {
      ReplayScripts.open(replay, Host.system()).close();
    }
  }

  private void open(Replay replay) throws IOException, ScriptException {
    Feed feed = replays.add(new RelayFeed(
        relay,
        new RelayFeed.Reader(replay.bucket(), replay.group(), config.name(), replay.order()),
        CLOCK));
    Map<String, Targets.Choice> named = new HashMap<>();
    for (Map.Entry<String, TargetConfig> each : replay.targets().entrySet()) {
      named.put(each.getKey(), open(replay, each.getValue()));
    }
    Targets targets = new Targets(open(replay, replay.target()), named);
    ReplayScripts scripts = replays.add(ReplayScripts.open(replay, host));
    Replayer replayer = replays.add(
        new Replayer(replay, feed, targets, scripts.hook(), Ticker.SYSTEM, new SplittableRandom()));
    running.add(new Scripted(replayer, scripts));
  }

  private Targets.Choice open(Replay replay, TargetConfig target) throws IOException {
    TargetContext context = new TargetContext(
        config.name(),
        replay.bucket(),
        replay.order(),
        replay.concurrency(),
        config.data(),
        files,
        CLOCK,
        replay.scripts().isEmpty() ? Outcome.MAX_ANSWER : judgedAnswer(replay.concurrency()));
    return new Targets.Choice(replays.add(target.open(context)), target);
  }

  /** How much of each answer's body scripts can see. */
  private static int judgedAnswer(int concurrency) {
    return (int) Math.max(Outcome.MAX_ANSWER, Math.min(MOST_ANSWER, MOST_ANSWERS / concurrency));
  }

  private Duration callTimers() {
    Duration wait = LONGEST_WAIT;
    for (Scripted replay : running) {
      Duration next = replay.scripts().timers().step();
      wait = next.compareTo(wait) < 0 ? next : wait;
    }
    return wait;
  }

  @Override
  public List<String> reload() {
    return reloading.reload();
  }

  private List<String> takeOver(PlayerConfig fresh) {
    List<String> wrong = new ArrayList<>(files.reload());
    try {
      relay.use(fresh.relay());
    } catch (IOException e) {
      wrong.add("relay: " + e.getMessage());
    }
    for (Scripted replay : running) {
      String problem = replay.scripts().reload();
      if (problem != null) {
        wrong.add(problem);
      }
    }
    return wrong;
  }

  private void serve() throws IOException {
    if (config.admin() != null) {
      admin = Admin.start(config.admin(), files, new Told());
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

    @Override
    public List<String> reload() {
      return Player.this.reload();
    }
  }

  /** How it is. */
  public PlayerReport report() {
    return new PlayerReport(
        config.name(),
        instance,
        Version.CURRENT,
        startedAtMs,
        running.stream()
            .map(replay -> replay.replayer().state(replay.scripts().states()))
            .toList());
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
      running.forEach(replay -> replay.replayer().drain());
      replays.close();
      reporter.close();
      relay.close();
    }
  }
}
