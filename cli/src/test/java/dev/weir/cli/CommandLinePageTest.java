package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds {@code docs/reference/command-line.md} to the commands and their flags. */
final class CommandLinePageTest {
  private static final Path PAGE = Path.of("../docs/reference/command-line.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`-[^`]+`(?:, )?)+)");
  private static final CommandLine WEIR =
      Weir.commandLine(RecordingRoles.refusing().roles());

  static List<String> commands() {
    return CommandLineTest.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void listsEveryFlag(String command) throws IOException {
    List<String> listed = ROW.matcher(section(command))
        .results()
        .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", ")))
        .toList();
    assertThat(names(options(command))).containsAll(listed);
    assertThat(listed).doesNotHaveDuplicates().containsAll(names(ownOptions(command)));
  }

  /** In the table, or in the text where a few will do. */
  @ParameterizedTest
  @MethodSource("commands")
  void namesEveryFlagOfTheCommandsBelow(String command) throws IOException {
    for (String name : names(options(command))) {
      assertThat(section(command)).as(name).containsPattern("`[^`\n]*" + name + "\\b");
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void saysTheDefaultsOfFlags(String command) throws IOException {
    for (OptionSpec option : ownOptions(command).toList()) {
      if (option.defaultValue() != null) {
        assertThat(section(command)).contains("| `" + option.defaultValue() + "` |");
      }
    }
  }

  private static List<String> names(Stream<OptionSpec> options) {
    return options
        .filter(option -> !option.usageHelp())
        .flatMap(option -> Stream.of(option.names()))
        .distinct()
        .toList();
  }

  private static Stream<OptionSpec> ownOptions(String command) {
    return WEIR.getSubcommands().get(command).getCommandSpec().options().stream();
  }

  /** Those of the command and of the commands below it. */
  private static Stream<OptionSpec> options(String command) {
    Stream<OptionSpec> below = WEIR.getSubcommands().get(command).getSubcommands().values().stream()
        .flatMap(each -> each.getCommandSpec().options().stream());
    return Stream.concat(ownOptions(command), below);
  }

  @Test
  void describesNoCommandThatThereIsNot() throws IOException {
    List<String> described = Pattern.compile("(?m)^### weir (\\S+)$")
        .matcher(Files.readString(PAGE))
        .results()
        .map(heading -> heading.group(1))
        .toList();
    assertThat(described).containsExactlyInAnyOrderElementsOf(commands());
  }

  private static String section(String command) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("### weir " + command + "\n");
    assertThat(start).as("section of " + command).isPositive();
    int end = page.indexOf("\n#", start);
    return page.substring(start, end < 0 ? page.length() : end);
  }
}
