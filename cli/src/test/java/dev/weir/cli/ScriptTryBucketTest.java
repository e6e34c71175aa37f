package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Headers;
import dev.weir.capture.RunId;
import dev.weir.config.ConfigLoader;
import dev.weir.config.RelayConnection;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.relay.Relay;
import dev.weir.relay.RelayConfig;
import dev.weir.script.trial.HarFile;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir script try --bucket}, beside a relay. */
final class ScriptTryBucketTest {
  private static final int SHIPPED = 1_200;

  @TempDir
  private Path folder;

  private final Terminal terminal = Terminal.withoutRoles();
  private Relay relay;
  private String url;
  private Path script;

  @BeforeEach
  void start() throws Exception {
    relay = Relay.start(ConfigLoader.system()
        .of(
            new QuickFlags()
                .put("listen", "test", "127.0.0.1:0")
                .put("admin", "test", "127.0.0.1:0")
                .put("data", "test", folder.resolve("relay").toString())
                .put("create-buckets", "test", "true")
                .values(),
            RelayConfig.class));
    url = "http://" + relay.addresses().get("listen");
    script = Files.writeString(
        folder.resolve("scrub.lua"), "function on_capture(req) req.cookies:drop{'sid'} end");
    Path har = Files.writeString(folder.resolve("a.har"), """
        {"log": {"entries": [{"request": {"method": "GET", "url": "http://shop/a", "headers":
          [{"name": "Cookie", "value": "theme=dark; sid=abc"}]}}]}}""");
    ship(HarFile.read(har).get(0));
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private void ship(Capture capture) throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i <= SHIPPED; i++) {
      entries.add(new Frame(i, CaptureCodec.encode(capture)));
    }
    Headers headers = Headers.of("Content-Encoding", Protocol.ZSTD)
        .with(Protocol.RUN, RunId.random().value())
        .with(Protocol.ACKED, "0");
    assertThat(post(
                Protocol.capturesPath("shop"),
                headers,
                Zstd.compress(BatchCodec.encodeShipped(entries)))
            .status())
        .isEqualTo(200);
  }

  private Reply.Answer post(String path, Headers headers, byte[] body) throws Exception {
    RelayConnection connection =
        ConfigLoader.system().of(RoleOptions.relay("--relay", url).values(), RelayConnection.class);
    try (RelayClient client = RelayClient.open(connection)) {
      return (Reply.Answer) client
          .post(path, headers, body, Duration.ofSeconds(30), ByteSize.ofMegabytes(1))
          .join();
    }
  }

  private int tryOut(String... more) {
    List<String> arguments = new ArrayList<>(List.of("script", "try", script.toString()));
    arguments.addAll(List.of(more));
    return terminal.run(arguments.toArray(String[]::new));
  }

  @Test
  void showsWhatAScriptWouldDoToALiveBucket() throws IOException {
    assertThat(tryOut("--bucket", "shop", "--relay", url, "--samples", "1"))
        .isEqualTo(ExitCode.DONE);
    assertThat(terminal.out())
        .contains("- Cookie: theme=dark; sid=abc", "+ Cookie: theme=dark")
        .contains("captures: " + SHIPPED + ", kept: 0, changed: " + SHIPPED);
  }

  @Test
  void looksAtNoMoreThanItIsAskedFor() {
    assertThat(tryOut("--bucket", "shop", "--relay", url, "--captures", "1100"))
        .isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).contains("captures: 1100, kept: 0, changed: 1100");
  }

  @Test
  void givesTheScriptTheCapturesId() throws IOException {
    Files.writeString(script, "function on_relay(req) req.meta.id = req.id:sub(33) end");
    tryOut("--bucket", "shop", "--relay", url, "--captures", "2");
    assertThat(terminal.out()).contains("+ (meta id = -1)", "+ (meta id = -2)");
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(tryOut("--bucket", "other", "--relay", url)).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("answered 404: there is no bucket \"other\" here");
    assertThat(tryOut("--bucket", "shop", "--relay", "http://127.0.0.1:1"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(terminal.err()).contains("relay http://127.0.0.1:1 cannot be reached");
    assertThat(tryOut("--bucket", "No", "--relay", url)).isEqualTo(ExitCode.USAGE);
    assertThat(tryOut("--bucket", "shop", "--relay", "nowhere")).isEqualTo(ExitCode.USAGE);
    assertThat(tryOut("--bucket", "shop", "--har", "a.har")).isEqualTo(ExitCode.USAGE);
  }
}
