package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code weir check} says of each file in {@code bad/}, to the letter. After a wording has
 * changed, run {@code weir check} on the file and read the new text before it replaces the old one.
 */
final class BadConfigurationTest {
  private static final Path FOLDER = Path.of("src/test/resources/bad");

  static List<String> files() throws IOException {
    try (Stream<Path> found = Files.list(FOLDER)) {
      return found
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void saysAllThatIsWrong(String file) throws IOException {
    Terminal terminal = Terminal.withoutRoles();
    int exitCode = terminal.run("check", FOLDER.resolve(file).toString());
    String expected = Files.readString(FOLDER.resolve(file.replace(".yaml", ".expected")));
    assertThat(terminal.err().replace(FOLDER + "/", ""))
        .isEqualTo(expected)
        .doesNotContain("hunter2");
    assertThat(terminal.out()).isEmpty();
    assertThat(exitCode).isEqualTo(ExitCode.CONFIGURATION);
  }

  @Test
  void coversManyMistakes() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(20);
  }
}
