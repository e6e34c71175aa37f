package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingTest {
  @TempDir
  private Path folder;

  private Path file;
  private final List<Role> takenOver = new ArrayList<>();
  private final List<String> objections = new ArrayList<>();
  private Reloading<Role> reloading;

  record Role(String listen, int tokenCount) {}

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("role.yaml");
    write("listen: a\ntoken-count: 1\n");
    reloading = new Reloading<>(read(), this::read, Set.of("token-count"), fresh -> {
      takenOver.add(fresh);
      return objections;
    });
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml);
  }

  private Role read() throws ConfigException {
    return ConfigLoader.system().load(file, Role.class);
  }

  @Test
  void takesOverWhatTheFileSaysNow() throws Exception {
    write("listen: a\ntoken-count: 2\n");
    assertThat(reloading.reload()).isEmpty();
    assertThat(takenOver).containsExactly(new Role("a", 2));
  }

  @Test
  void takesNothingOverFromAFileThatIsWrong() throws Exception {
    write("listen: a\ntoken-count: many\n");
    assertThat(reloading.reload())
        .singleElement()
        .asString()
        .contains("role.yaml:2:14", "\"many\" is not a whole number");
    assertThat(takenOver).isEmpty();
  }

  @Test
  void tellsWhatARoleCouldNotTakeOver() {
    objections.add("key.pem is not the key");
    assertThat(reloading.reload()).containsExactly("key.pem is not the key");
  }

  @Test
  void saysWhatWaitsForTheNextStart() throws Exception {
    write("listen: b\ntoken-count: 1\n");
    assertThat(reloading.reload())
        .containsExactly(
            "listen has changed, which takes effect at the next start (see weir check)");
    assertThat(takenOver).hasSize(1);
  }
}
