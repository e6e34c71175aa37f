package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Holds every command that a page shows to the real command line: a flag that does not exist fails
 * the build. The configurations on the pages are {@link ConfigurationPageTest}'s.
 */
final class ExamplesTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern INLINE = Pattern.compile("(?<!`)`((?:\\./)?weir [^`\\n]+)`(?!`)");
  private static final Pattern SERVICE = Pattern.compile("(?m)^ExecStart=(.*)$");
  private static final Set<String> LANGUAGES = Set.of("", "sh", "yaml", "lua", "json", "ini");

  /** Commands of others that the pages use; a URL among their words is looked at. */
  private static final Set<String> OTHERS = Set.of(
      "bench/run",
      "e2e/soak",
      "cd",
      "chown",
      "cp",
      "curl",
      "du",
      "git",
      "grep",
      "install",
      "java",
      "ls",
      "mkdir",
      "mvn",
      "openssl",
      "printf",
      "python3",
      "sed",
      "source",
      "sudo",
      "systemctl",
      "tail",
      "umask",
      "useradd");

  static List<Path> pages() throws IOException {
    try (Stream<Path> found = Files.walk(PROJECT.resolve("docs"))) {
      return Stream.concat(
              found.filter(path -> path.toString().endsWith(".md")),
              Stream.of(PROJECT.resolve("README.md"), PROJECT.resolve("CONTRIBUTING.md")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void showsCommandsThatThereAre(Path page) throws IOException {
    for (List<String> command : commands(Files.readString(page))) {
      if (isWeir(command.get(0))) {
        parse(command.subList(1, command.size()));
      } else {
        assertThat(OTHERS).as(command.toString()).contains(command.get(0));
        command.stream().filter(word -> word.matches("https?:.*")).forEach(URI::create);
      }
    }
  }

  private static boolean isWeir(String word) {
    return word.equals("weir") || word.endsWith("/weir");
  }

  private static void parse(List<String> arguments) {
    CommandLine weir = Weir.commandLine(RecordingRoles.refusing().roles());
    boolean isPattern = arguments.contains("COMMAND") || arguments.contains("…");
    if (!isPattern && !isName(weir, arguments)) {
      assertThatCode(() -> weir.parseArgs(arguments.toArray(new String[0])))
          .as("weir " + String.join(" ", arguments))
          .doesNotThrowAnyException();
    }
  }

  /** Whether a text only names a command, without what it would have to be given. */
  private static boolean isName(CommandLine weir, List<String> arguments) {
    @Nullable CommandLine named = weir;
    for (String word : arguments) {
      named = named == null ? null : named.getSubcommands().get(word);
    }
    return named != null;
  }

  private static List<List<String>> commands(String page) {
    List<List<String>> commands = new ArrayList<>();
    BLOCK.matcher(page).results().forEach(block -> {
      if (block.group(1).equals("sh")) {
        commands.addAll(Shell.commands(block.group(2)));
      }
      SERVICE
          .matcher(block.group(2))
          .results()
          .forEach(service -> commands.addAll(Shell.commands(service.group(1))));
    });
    INLINE
        .matcher(BLOCK.matcher(page).replaceAll(""))
        .results()
        .forEach(code -> commands.addAll(Shell.commands(code.group(1))));
    return commands;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void showsConfigurationsThatATestLoads(Path page) throws IOException {
    for (var block : BLOCK.matcher(Files.readString(page)).results().toList()) {
      assertThat(LANGUAGES).contains(block.group(1));
      if (block.group(1).equals("yaml")) {
        assertThat(block.group(2))
            .as("a test loads it")
            .startsWith("# ")
            .containsPattern("^# (proxy|relay|player)\\.yaml\n");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void pointsToPagesThatThereAre(Path page) throws IOException {
    Pattern.compile("]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)")
        .matcher(Files.readString(page))
        .results()
        .forEach(link -> assertThat(page.resolveSibling(link.group(1))).exists());
  }

  @Test
  void seesCommandsInBlocksServicesAndText() {
    String page = """
        Try `weir check a.yaml`.
        ```sh
        ./weir proxy --to 'http://x' \\
          --bucket b   # a comment
        cat a | weir token new > t
        ```
        ```ini
        ExecStart=/opt/weir/weir relay
        ```
        """;
    assertThat(commands(page))
        .containsExactly(
            List.of("./weir", "proxy", "--to", "http://x", "--bucket", "b"),
            List.of("cat", "a"),
            List.of("weir", "token", "new"),
            List.of("/opt/weir/weir", "relay"),
            List.of("weir", "check", "a.yaml"));
  }
}
