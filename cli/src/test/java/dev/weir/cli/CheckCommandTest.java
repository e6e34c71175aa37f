package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {
  @TempDir
  Path folder;

  private final Terminal terminal = Terminal.withoutRoles();

  @Test
  void knowsTheRoleByItsKeys() throws IOException {
    Path relay = Files.writeString(folder.resolve("a.yaml"), "data: x\nbuckets: {shop: {}}");
    assertThat(terminal.run("check", relay.toString())).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).isEqualTo(relay + ": a good configuration for weir relay\n");
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void takesTheRoleThatItIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "data: x\nbuckets: {shop: {}}");
    assertThat(terminal.run("check", "--role", "player", file.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("no \"url\" in relay").contains("unknown key \"buckets\"");
  }

  @Test
  void asksForTheRoleWhereKeysDoNotTell() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "nothing: known");
    assertThat(terminal.run("check", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("add --role");
  }

  @Test
  void readsAFolder() throws IOException {
    Files.writeString(folder.resolve("10-relay.yaml"), "data: x");
    Files.writeString(folder.resolve("20-shop.yaml"), "buckets: {shop: {}}");
    assertThat(terminal.run("check", "--role=relay", folder.toString())).isEqualTo(ExitCode.DONE);
  }

  @Test
  void saysThatThereIsNoFile() {
    assertThat(terminal.run("check", "nowhere.yaml")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).startsWith("nowhere.yaml: there is no such file");
  }
}
