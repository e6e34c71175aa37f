package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureCodec;
import dev.weir.capture.RunId;
import dev.weir.script.trial.HarFile;
import dev.weir.spool.Spool;
import dev.weir.spool.SpoolSettings;
import dev.weir.spool.SqliteSpool;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScriptCommandTest {
  private static final String SCRUB = "function on_capture(req) req.cookies:drop{'sid'} end";

  @TempDir
  Path folder;

  private final Terminal terminal = Terminal.withoutRoles();
  private Path script;
  private Path har;

  @BeforeEach
  void write() throws IOException {
    script = Files.writeString(folder.resolve("scrub.lua"), SCRUB);
    har = Files.writeString(folder.resolve("shop.har"), """
        {"log": {"entries": [
          {"request": {"method": "GET", "url": "http://shop/a", "headers":
            [{"name": "Cookie", "value": "theme=dark; sid=abc"}]}},
          {"request": {"method": "GET", "url": "http://shop/b", "headers": []}}
        ]}}""");
  }

  @Test
  void runsTheTestsOfAFolder() throws IOException {
    Path test = Files.writeString(folder.resolve("scrub_test.lua"), """
        test("drops the session", function(t)
          t.eq(t.capture{headers = {Cookie = "sid=1"}}.headers.Cookie, nil)
        end)""");
    Path xml = folder.resolve("results.xml");
    assertThat(terminal.run("script", "test", folder.toString(), "--xml", xml.toString()))
        .isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).contains("tests run: 1, failures: 0");
    assertThat(xml).content().contains("drops the session");

    Files.writeString(test, "test('fails', function(t) t.eq(1, 2) end)");
    assertThat(terminal.run("script", "test", folder.toString())).isEqualTo(ExitCode.ASSERTION);
    assertThat(terminal.out()).contains("scrub_test.lua:1: expected 2, got 1");
  }

  @Test
  void triesAScriptOverAnArchive() {
    assertThat(terminal.run("script", "try", script.toString(), "--har", har.toString()))
        .isEqualTo(ExitCode.DONE);
    assertThat(terminal.out())
        .contains("- Cookie: theme=dark; sid=abc", "+ Cookie: theme=dark")
        .contains("on_capture: captures: 2, kept: 1, changed: 1, split: 0, dropped: 0, errors: 0");
  }

  @Test
  void triesAScriptOverASpoolInUse() throws IOException {
    Path bucket = folder.resolve("shop");
    SpoolSettings settings = new SpoolSettings(
        bucket, SpoolSettings.LEAST_BYTES, Duration.ofDays(1), ByteSize.ofMegabytes(1));
    List<byte[]> frames = HarFile.read(har).stream().map(CaptureCodec::encode).toList();
    try (Spool spool = SqliteSpool.open(settings, Map.<RunId, Long>of(), InstantSource.system())) {
      spool.append(frames, Map.of(), Spool.WhenFull.REFUSE);
      assertThat(terminal.run("script", "try", script.toString(), "--spool", bucket.toString()))
          .isEqualTo(ExitCode.DONE);
      assertThat(spool.state().waiting()).isEqualTo(2);
    }
    assertThat(terminal.out()).contains("captures: 2, kept: 1, changed: 1");
    Terminal later = Terminal.withoutRoles();
    assertThat(later.run("script", "try", script.toString(), "--spool", bucket.toString()))
        .isEqualTo(ExitCode.DONE);
    assertThat(later.out()).contains("captures: 2, kept: 1, changed: 1");
  }

  @Test
  void saysWhereThereIsNoSpool() {
    assertThat(terminal.run("script", "try", script.toString(), "--spool", folder.toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("holds no spool");
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    String nowhere = folder.resolve("nowhere").toString();
    for (String[] command : List.of(
        new String[] {"script", "try", script.toString(), "--spool", nowhere},
        new String[] {"script", "test", nowhere})) {
      Terminal each = Terminal.withoutRoles();
      assertThat(each.run(command)).isEqualTo(ExitCode.FAILED);
      assertThat(each.err()).isEqualTo(nowhere + ": there is no such file or folder\n");
    }
  }

  @Test
  void saysThatThereIsNoSuchScript() {
    String nowhere = folder.resolve("nowhere.lua").toString();
    assertThat(terminal.run("script", "try", nowhere, "--har", har.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("nowhere.lua: there is no such file");
  }

  @Test
  void namesTheLineOfAScriptThatDoesNotCompile() throws IOException {
    Files.writeString(script, "function on_capture(req)\n  req.path = = 1\nend");
    assertThat(terminal.run("script", "try", script.toString(), "--har", har.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).startsWith("scrub.lua:2: ");
  }

  @Test
  void checksTheScriptsOfAConfiguration() throws IOException {
    Path file = Files.writeString(folder.resolve("proxy.yaml"), """
        data: x
        relay: {url: "http://127.0.0.1:1"}
        sources:
          - {type: http, name: a, listen: ":1", to: "http://127.0.0.1:2", buckets: [shop], scripts: [scrub.lua]}
        buckets: {shop: {}}
        """);
    assertThat(terminal.run("check", file.toString())).isEqualTo(ExitCode.DONE);

    Files.writeString(script, "function on_replay(req) end");
    assertThat(terminal.run("check", file.toString())).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).startsWith("scrub.lua: has neither on_capture nor a timer");
  }
}
