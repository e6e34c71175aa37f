package dev.weir.cli;

import dev.weir.config.ConfigLoader;
import dev.weir.config.Flag;
import dev.weir.loop.Running;
import dev.weir.player.PlayerConfig;
import dev.weir.proxy.ProxyConfig;
import dev.weir.relay.RelayConfig;
import dev.weir.spool.SqliteLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code weir warm-up}: starts every role once and stops it again, so that the launcher can keep an
 * archive of the classes that this loads.
 */
@Command(name = "warm-up", hidden = true, description = "Starts every role and stops it again.")
final class WarmUpCommand implements Callable<Integer> {
  private static final String NOBODY = "http://127.0.0.1:9";

  private final Roles roles;

  @Option(
      names = "--native",
      paramLabel = "DIR",
      description = "Unpack native code here, for later starts.")
  private @Nullable Path library;

  WarmUpCommand(Roles roles) {
    this.roles = roles;
  }

  @Override
  public Integer call() throws Exception {
    if (library != null) {
      SqliteLibrary.unpack(library);
      System.setProperty("org.sqlite.lib.path", library.toString());
    }
    Path data = Files.createTempDirectory("weir-warm-up");
    try {
      run(data);
    } finally {
      remove(data);
    }
    return ExitCode.DONE;
  }

  private void run(Path data) throws Exception {
    ConfigLoader loader = ConfigLoader.system();
    Flag anyPort = flag("127.0.0.1:0");
    RelayConfig relayConfig = loader.of(
        Map.of(
            "listen",
            anyPort,
            "admin",
            anyPort,
            "data",
            flag(data.resolve("relay")),
            "create-buckets",
            flag(true)),
        RelayConfig.class);
    try (Running relay = roles.relay().start(relayConfig, () -> relayConfig)) {
      Map<String, ?> toRelay = Map.of("url", flag("http://" + relay.addresses().get("listen")));
      ProxyConfig proxyConfig = loader.of(
          Map.of(
              "data", flag(data.resolve("proxy")),
              "relay", toRelay,
              "sources",
                  List.of(Map.of(
                      "type", flag("http"),
                      "name", flag("http"),
                      "listen", anyPort,
                      "to", flag(NOBODY),
                      "buckets", List.of(flag("warm-up")))),
              "buckets", Map.of("warm-up", Map.of())),
          ProxyConfig.class);
      PlayerConfig playerConfig = loader.of(
          Map.of(
              "data", flag(data.resolve("player")),
              "relay", toRelay,
              "replays",
                  List.of(Map.of(
                      "bucket", flag("warm-up"),
                      "target", Map.of("type", flag("http"), "to", flag(NOBODY))))),
          PlayerConfig.class);
      roles.proxy().start(proxyConfig, () -> proxyConfig).close();
      roles.player().start(playerConfig, () -> playerConfig).close();
    }
  }

  private static Flag flag(Object value) {
    return new Flag("warm-up", value.toString());
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
