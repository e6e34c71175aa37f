package dev.weir.cli;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.MalformedException;
import dev.weir.config.RelayConnection;
import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.trial.HarFile;
import dev.weir.script.trial.ScriptTests;
import dev.weir.script.trial.ScriptTrial;
import dev.weir.script.trial.TestReport;
import dev.weir.spool.SpoolFolder;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir script}. */
@Command(
    name = "script",
    header = "Tests and tries Lua scripts.",
    description = "Tests and tries Lua scripts, without traffic.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  weir script test scripts",
      "  weir script try scripts/scrub-session-cookies.lua --har shop.har"
    })
final class ScriptCommand implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** Where captures come from; one of these. */
  private static final class Given {
    @Option(
        names = "--har",
        paramLabel = "FILE",
        description = "An HTTP archive, as browsers save it.")
    private @Nullable Path har;

    @Option(
        names = "--spool",
        paramLabel = "DIR",
        description = "A proxy's spool of one bucket, such as DATA/spool/shop. May be in use.")
    private @Nullable Path spool;

    @Option(
        names = "--bucket",
        paramLabel = "NAME",
        description = "A bucket of a running relay. Takes nothing out of it.")
    private @Nullable String bucket;
  }

  @Command(
      name = "test",
      description = "Runs the *_test.lua of a folder; exits with 3 if one fails.",
      footer = {"", "Examples:", "  weir script test scripts"})
  int test(
      @Parameters(paramLabel = "DIR", description = "The folder.") Path folder,
      @Option(
              names = "--xml",
              paramLabel = "FILE",
              description = "Write the results in the form of JUnit, for build servers.")
          @Nullable
          Path xml)
      throws IOException {
    TestReport report = ScriptTests.run(folder);
    if (report.cases().isEmpty()) {
      throw new IOException(folder + ": holds no *_test.lua");
    }
    PrintWriter out = spec.commandLine().getOut();
    report.print(out);
    out.flush();
    if (xml != null) {
      Files.writeString(xml, report.xml());
    }
    return report.passed() ? ExitCode.DONE : ExitCode.ASSERTION;
  }

  @Command(
      name = "try",
      description = {
        "Runs a script over captures that were taken already and prints what it would do.",
        "Changes nothing. Exits with 3 if the script fails on a capture."
      },
      footer = {
        "",
        "Examples:",
        "  weir script try scripts/scrub-session-cookies.lua --har shop.har",
        "  weir script try mask.lua --spool weir-data/proxy/spool/shop --samples 3",
        "  weir script try mask.lua --bucket shop --relay https://relay:7070",
        "",
        "WEIR_TOKEN in the environment is the token to show to the relay."
      })
  int tryOut(
      @Parameters(paramLabel = "SCRIPT", description = "The script.") Path script,
      @ArgGroup(exclusive = true, multiplicity = "1") Given given,
      @Option(
              names = "--relay",
              paramLabel = "URL",
              defaultValue = "http://127.0.0.1:7070",
              description = "The relay of --bucket. Default: ${DEFAULT-VALUE}.")
          String relay,
      @Mixin TlsOptions tls,
      @Option(
              names = "--captures",
              paramLabel = "N",
              defaultValue = "10000",
              description = "Of --bucket, the oldest so many. Default: ${DEFAULT-VALUE}.")
          int most,
      @Option(
              names = "--samples",
              paramLabel = "N",
              defaultValue = "10",
              description = "How many changes to show. Default: ${DEFAULT-VALUE}.")
          int samples)
      throws IOException, ScriptException, Failure {
    ScriptTrial.Summary summary = new ScriptTrial(ScriptSettings.of(script), samples)
        .run(
            given.bucket == null
                ? captures(given)
                : bucket(given.bucket, tls.connection("--relay", relay), most));
    PrintWriter out = spec.commandLine().getOut();
    summary.print(out);
    out.flush();
    return summary.errors() == 0 ? ExitCode.DONE : ExitCode.ASSERTION;
  }

  private static ScriptTrial.Captures captures(Given given) throws IOException {
    Path spool = given.spool;
    if (spool != null) {
      return each -> new SpoolFolder(spool)
          .read(frame -> each.visit(capture(spool, frame.position(), frame.bytes()), null));
    }
    List<Capture> archive = HarFile.read(Objects.requireNonNull(given.har));
    return each -> archive.forEach(capture -> each.visit(capture, null));
  }

  private BucketCaptures bucket(String name, RelayConnection relay, int most) {
    try {
      return new BucketCaptures(relay, new BucketName(name), most);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--bucket: " + e.getMessage());
    }
  }

  private static Capture capture(Path spool, long position, byte[] bytes) throws IOException {
    try {
      return CaptureCodec.decode(bytes);
    } catch (MalformedException e) {
      throw new IOException(
          spool + ": frame " + position + " is no capture (" + e.getMessage()
              + "); expected a proxy's spool",
          e);
    }
  }
}
