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
    List<String> flags = WEIR.getSubcommands().get(command).getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp())
        .flatMap(option -> Stream.of(option.names()))
        .toList();
    List<String> listed = ROW.matcher(section(command))
        .results()
        .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", ")))
        .toList();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(flags);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void saysTheDefaultsOfFlags(String command) throws IOException {
    for (OptionSpec option : WEIR.getSubcommands().get(command).getCommandSpec().options()) {
      if (option.defaultValue() != null) {
        assertThat(section(command)).contains("| `" + option.defaultValue() + "` |");
      }
    }
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
