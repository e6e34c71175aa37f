package dev.weir.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void isThatOfTheProject() throws Exception {
    String project = Files.readString(Path.of("..", "pom.xml"));

    assertThat(project)
        .containsPattern(
            "<artifactId>weir</artifactId>\\s*<version>" + Version.CURRENT + "</version>");
  }
}
