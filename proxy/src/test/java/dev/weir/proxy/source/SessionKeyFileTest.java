package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionKeyFileTest {
  @TempDir
  Path data;

  @Test
  void givesTheSameKeyEachTime() throws IOException {
    SessionKeyFile file = new SessionKeyFile(data.resolve("source").resolve("web"));
    byte[] key = file.read();
    assertThat(key).hasSize(32);
    assertThat(file.read()).isEqualTo(key);
  }

  @Test
  void replacesNoKeyThatWasDamaged() throws IOException {
    Path file = Files.write(data.resolve("session.key"), new byte[31]);
    assertThatThrownBy(new SessionKeyFile(data)::read)
        .isInstanceOf(IOException.class)
        .hasMessage(file + " has 31 bytes, and a session key has 32:"
            + " restore it, or delete it to name all sessions anew");
    assertThat(file).hasBinaryContent(new byte[31]);
  }
}
