package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Durations;
import dev.weir.player.PlayerConfig;
import dev.weir.player.replay.Replay;
import dev.weir.player.target.HttpTarget;
import dev.weir.proxy.ProxyConfig;
import dev.weir.proxy.source.HttpSource;
import dev.weir.relay.RelayConfig;
import dev.weir.script.ScriptSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that run a role: flags, files, the ready line, signals, exit codes. */
final class RoleCommandTest {
  @TempDir
  Path folder;

  /** What the flags make of a configuration; the role itself refuses. */
  private <C extends Record> C configured(Class<C> type, String... arguments) {
    RecordingRoles roles = RecordingRoles.refusing();
    Terminal terminal = new Terminal(roles.roles());
    assertThat(terminal.run(arguments)).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).isEqualTo("refused by the test\n");
    return type.cast(roles.config);
  }

  @Test
  void makesARelayOfFlags() {
    RelayConfig config = configured(
        RelayConfig.class,
        "relay",
        "--listen",
        "127.0.0.1:1",
        "--admin",
        "127.0.0.1:2",
        "--data",
        folder.toString());
    assertThat(config.listen()).isEqualTo(ListenAddress.parse("127.0.0.1:1"));
    assertThat(config.admin()).hasToString("127.0.0.1:2");
    assertThat(config.data()).isEqualTo(folder);
    assertThat(config.createBuckets()).isTrue();
  }

  @Test
  void makesARelayOfNothing() {
    RelayConfig config = configured(RelayConfig.class, "relay");
    assertThat(config.listen()).hasToString("127.0.0.1:7070");
    assertThat(config.admin()).hasToString("127.0.0.1:7071");
    assertThat(config.data()).isEqualTo(Path.of("weir-data/relay"));
  }

  @Test
  void makesAProxyOfFlags() throws IOException {
    Path script = Files.writeString(folder.resolve("scrub.lua"), "");
    ProxyConfig config = configured(
        ProxyConfig.class,
        "proxy",
        "--listen",
        ":1",
        "--to",
        "http://127.0.0.1:3000",
        "--relay",
        "http://127.0.0.1:2",
        "--bucket",
        "shop",
        "--data",
        folder.toString(),
        "--script",
        script.toString());
    assertThat(config.relay().url()).isEqualTo(Origin.parse("http://127.0.0.1:2"));
    assertThat(config.buckets()).containsOnlyKeys(new BucketName("shop"));
    HttpSource.Config source = (HttpSource.Config) config.sources().get(0);
    assertThat(source.listen()).isEqualTo(ListenAddress.parse(":1"));
    assertThat(source.to()).isEqualTo(Origin.parse("http://127.0.0.1:3000"));
    assertThat(source.buckets()).containsExactly(new BucketName("shop"));
    assertThat(source.scripts()).containsExactly(ScriptSettings.of(script));
  }

  @Test
  void makesAPlayerOfFlags() {
    PlayerConfig config = configured(
        PlayerConfig.class,
        "player",
        "--relay",
        "http://127.0.0.1:2",
        "--bucket",
        "shop",
        "--to",
        "http://staging:3000",
        "--group",
        "search",
        "--order",
        "none",
        "--data",
        folder.toString());
    Replay replay = config.replays().get(0);
    assertThat(replay.bucket()).isEqualTo(new BucketName("shop"));
    assertThat(replay.group()).hasToString("search");
    assertThat(replay.order()).isEqualTo(Order.NONE);
    assertThat(Durations.format(replay.lease())).isEqualTo("1m");
    HttpTarget.Config target = (HttpTarget.Config) replay.target();
    assertThat(target.to()).isEqualTo(Origin.parse("http://staging:3000"));
    assertThat(target.mayChange()).isTrue();
  }

  @Test
  void blamesFlagsForWhatTheySay() {
    Terminal terminal = Terminal.withoutRoles();
    assertThat(terminal.run("proxy", "--to", "staging", "--listen", "80", "--bucket", "A"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("--listen: \"80\" has no port")
        .contains("--to: \"staging\" is not a site")
        .contains("--bucket: \"A\" is not a bucket name");
  }

  @Test
  void needsTokensBeyondLoopback() {
    Terminal terminal = Terminal.withoutRoles();
    assertThat(terminal.run("relay", "--listen", "0.0.0.0:7070")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("--listen: 0.0.0.0:7070 can be reached from other machines")
        .contains("weir token new");
  }

  @Test
  void needsToKnowTheService() {
    for (String role : new String[] {"proxy", "player"}) {
      Terminal terminal = Terminal.withoutRoles();
      assertThat(terminal.run(role)).isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err())
          .isEqualTo("no --to: give it, or a file with --config\nhow to use it: weir " + role
              + " --help\n");
    }
  }

  @Test
  void takesAFileOrFlagsButNotBoth() throws IOException {
    Path file = Files.writeString(folder.resolve("relay.yaml"), "data: x\nbuckets: {shop: {}}");
    RelayConfig config = configured(RelayConfig.class, "relay", "-c", file.toString());
    assertThat(config.data()).isEqualTo(folder.resolve("x"));
    Terminal terminal = Terminal.withoutRoles();
    assertThat(terminal.run("relay", "-c", file.toString(), "--listen", ":1"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--listen and --config do not go together");
  }

  @Test
  void tellsABadFileFromABadCommand() throws IOException {
    Path file = Files.writeString(folder.resolve("relay.yaml"), "data: x\nbukets: {}");
    Terminal terminal = Terminal.withoutRoles();
    assertThat(terminal.run("relay", "-c", file.toString())).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("did you mean \"buckets\"?");
    assertThat(terminal.run("realy")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("Did you mean:", "weir relay");
  }

  @Test
  void namesThePortThatIsTakenAndTheFlagToChange() throws IOException {
    IOException busy = new IOException("no", new BindException("Address already in use"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      String expected =
          "cannot listen on " + address + ": port " + taken.getLocalPort() + " is in use; change ";
      Terminal flags = new Terminal(RecordingRoles.failingWith(busy).roles());
      assertThat(flags.run("relay", "--listen", "127.0.0.1:0", "--admin", address))
          .isEqualTo(ExitCode.FAILED);
      assertThat(flags.err()).isEqualTo(expected + "--admin\n");

      Path file = Files.writeString(
          folder.resolve("relay.yaml"),
          "data: x\nlisten: " + address + "\nbuckets: {shop: {}}\nadmin: 127.0.0.1:0");
      Terminal withFile = new Terminal(RecordingRoles.failingWith(busy).roles());
      assertThat(withFile.run("relay", "-c", file.toString())).isEqualTo(ExitCode.FAILED);
      assertThat(withFile.err()).isEqualTo(expected + "listen\n");
    }
  }

  @Test
  void saysWhenItIsReadyAndStopsOnSigterm() throws Exception {
    RecordingRoles roles = RecordingRoles.serving();
    Terminal terminal = new Terminal(roles.roles());
    CompletableFuture<Integer> exitCode =
        CompletableFuture.supplyAsync(() -> terminal.run("relay", "--data", folder.toString()));
    Awaitility.await().until(() -> terminal.out().endsWith("\n"));
    assertThat(terminal.out()).isEqualTo("ready relay listen=127.0.0.1:1234\n");
    assertThat(roles.closed.getCount()).isOne();
    new ProcessBuilder("kill", "-TERM", Long.toString(ProcessHandle.current().pid()))
        .start()
        .waitFor();
    assertThat(exitCode.get(10, TimeUnit.SECONDS)).isEqualTo(ExitCode.DONE);
    assertThat(roles.closed.getCount()).isZero();
  }
}
