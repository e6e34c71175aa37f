package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class CommandLineTest {
  private static final int SCREEN = 40;

  private final Terminal terminal = Terminal.withoutRoles();

  static List<String> commands() {
    return Weir.commandLine(RecordingRoles.refusing().roles()).getSubcommands().entrySet().stream()
        .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
        .map(entry -> entry.getKey())
        .toList();
  }

  @Test
  void fitsItsHelpOnAScreen() {
    assertThat(terminal.run("--help")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out().lines()).hasSizeLessThan(SCREEN);
    assertThat(terminal.out()).contains(commands()).doesNotContain("warm-up");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void showsTwoExamplesOfEachCommand(String command) {
    assertThat(terminal.run(command, "--help")).isEqualTo(ExitCode.DONE);
    String examples = terminal.out().substring(terminal.out().indexOf("Examples:"));
    assertThat(examples.lines().filter(line -> line.contains("weir " + command)))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void asksForACommand() {
    assertThat(terminal.run()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.run("token")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("which command?").contains("weir token --help");
    assertThat(terminal.out()).isEmpty();
  }

  @Test
  void runsNoDemoWithoutCustomers() {
    assertThat(terminal.run("demo", "--rate", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--rate is 1 or more, not 0");
  }

  @Test
  void printsItsVersion() {
    assertThat(terminal.run("--version")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).startsWith("weir ").contains(System.getProperty("java.version"));
  }

  @Test
  void makesTokensWithTheirHash() throws Exception {
    assertThat(terminal.run("token", "new")).isEqualTo(ExitCode.DONE);
    Matcher made = Pattern.compile("token:  (weir_[\\w-]{43})\nsha256: ([0-9a-f]{64})\n")
        .matcher(terminal.out());
    assertThat(made.matches()).isTrue();
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(made.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(made.group(2)).isEqualTo(HexFormat.of().formatHex(hash));
    assertThat(terminal.err()).contains(made.group(2)).doesNotContain(made.group(1));
    Terminal another = Terminal.withoutRoles();
    another.run("token", "new");
    assertThat(another.out()).isNotEqualTo(terminal.out());
  }

  @Test
  void printsACompletionForEveryCommand() {
    assertThat(terminal.run("completion")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).startsWith("#!/usr/bin/env bash").contains(commands());
  }

  @Test
  void readsDurationsInWords() {
    CommandLine line = Weir.commandLine(RecordingRoles.refusing().roles());
    CommandLine.ParseResult parsed = line.parseArgs("demo", "--duration", "10s");
    Duration duration = parsed.subcommand().matchedOptionValue("--duration", Duration.ZERO);
    assertThat(duration).isEqualTo(Duration.ofSeconds(10));
  }
}
