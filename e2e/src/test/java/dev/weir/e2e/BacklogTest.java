package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.cli.demo.RoleProcess;
import dev.weir.spool.Spool;
import dev.weir.spool.SpoolSettings;
import dev.weir.spool.SqliteSpool;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five times as much waits on disk as there is heap, in a proxy and then in a relay. */
class BacklogTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String HEAP = "-Xmx32m";
  private static final int BATCHES = 160;
  private static final int FRAMES = 100;
  private static final int BODY_BYTES = 10_000;

  @TempDir
  private Path directory;

  /** 160 MB, written as the proxy does. */
  private void fill() throws IOException {
    SpoolSettings settings = new SpoolSettings(
        directory.resolve("proxy/spool/shop"),
        ByteSize.ofMegabytes(1024),
        Duration.ofDays(1),
        new ByteSize(0));
    byte[] frame = CaptureCodec.encode(new Capture(
        "front",
        Capture.Kind.HTTP,
        Instant.EPOCH,
        "s",
        new Request(
            "POST",
            "http",
            "shop.example",
            "/",
            "HTTP/1.1",
            Headers.NONE,
            Body.of(new byte[BODY_BYTES]),
            Headers.NONE,
            Client.NONE),
        null,
        Map.of()));
    try (Spool spool = SqliteSpool.open(settings, Map.of(), InstantSource.system())) {
      for (int i = 0; i < BATCHES; i++) {
        spool.append(Collections.nCopies(FRAMES, frame), Map.of(), Spool.WhenFull.REFUSE);
      }
    }
  }

  private RoleProcess role(String role, String... flags) throws IOException {
    List<String> arguments = new java.util.ArrayList<>(List.of(role));
    arguments.addAll(List.of(flags));
    arguments.addAll(List.of("--data", directory.resolve(role).toString()));
    return RoleProcess.start(Weir.command(HEAP), directory.resolve(role + ".log"), arguments);
  }

  @Test
  void shipsAndKeepsFiveTimesItsHeap() throws Exception {
    fill();
    try (RoleProcess relay = role("relay", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0");
        NumberedSite site = new NumberedSite();
        RoleProcess proxy = role(
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--to",
            site.url(),
            "--bucket",
            "shop",
            "--relay",
            "http://" + relay.addresses().get("listen"))) {
      Page page = new Page(relay.addresses().get("admin"));
      await().atMost(PATIENCE).until(() -> page.totals().waiting() >= BATCHES * FRAMES);
      assertThat(proxy.stop()).isZero();
      assertThat(relay.stop()).isZero();
      assertThat(proxy.talk() + relay.talk()).doesNotContain("OutOfMemory");
    }
    try (RoleProcess relay = role("relay", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")) {
      assertThat(new Page(relay.addresses().get("admin")).totals().waiting())
          .isEqualTo(BATCHES * FRAMES);
    }
  }
}
