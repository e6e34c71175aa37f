package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ConfigLoader;
import dev.weir.http.Certificates;
import dev.weir.relay.Relay;
import dev.weir.relay.RelayConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators' commands, beside a relay that asks whoever calls for a certificate. */
final class OperateOverTlsTest {
  @TempDir
  private Path folder;

  private final Terminal terminal = Terminal.withoutRoles();
  private Certificates own;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    own = Certificates.make(folder, "dns:localhost,ip:127.0.0.1");
    String certificate = own.certificate().toString();
    relay = Relay.start(ConfigLoader.system()
        .of(
            new QuickFlags()
                .put("listen", "test", "127.0.0.1:0")
                .put("admin", "test", "127.0.0.1:0")
                .put("data", "test", folder.resolve("relay").toString())
                .put("buckets", new QuickFlags().put("shop", new QuickFlags()))
                .put(
                    "tls",
                    new QuickFlags()
                        .put("certificate", "test", certificate)
                        .put("key", "test", own.key().toString())
                        .put("client-ca", "test", certificate))
                .values(),
            RelayConfig.class));
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private int run(List<String> command, boolean proven) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--ca", own.certificate().toString()));
    if (proven) {
      all.addAll(
          List.of("--cert", own.certificate().toString(), "--key", own.key().toString()));
    }
    return terminal.run(all.toArray(String[]::new));
  }

  private List<String> groups(String bucket) {
    String url = "https://" + relay.addresses().get("admin");
    return List.of("group", "ls", "--bucket", bucket, "--admin", url);
  }

  @Test
  void proveWhoTheyAre() throws Exception {
    assertThat(run(groups("shop"), true)).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).contains("shop  default  ready");
    assertThat(run(groups("shop"), false)).isEqualTo(ExitCode.UNREACHABLE);
    Path script =
        Files.writeString(folder.resolve("a.lua"), "function on_capture(req) req.meta.a = 'b' end");
    String url = "https://" + relay.addresses().get("listen");
    List<String> tryOut =
        List.of("script", "try", script.toString(), "--bucket", "shop", "--relay", url);
    assertThat(run(tryOut, true)).isEqualTo(ExitCode.DONE);
    assertThat(run(tryOut, false)).isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void sayWhatIsWrong() {
    assertThat(run(groups("typo"), true)).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("there is no bucket \"typo\" there");
    List<String> withoutKey = new ArrayList<>(groups("shop"));
    withoutKey.addAll(List.of("--cert", own.certificate().toString()));
    assertThat(run(withoutKey, false)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--cert");
  }
}
