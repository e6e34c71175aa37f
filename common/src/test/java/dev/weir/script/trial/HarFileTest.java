package dev.weir.script.trial;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarFileTest {
  @Test
  void saysWhatIsNoJson(@TempDir Path folder) throws IOException {
    Path cut = Files.writeString(folder.resolve("cut.har"), "{\n\"log\":");
    assertThatThrownBy(() -> HarFile.read(cut)).hasMessage(cut + ": not JSON: line 2");

    Path deep = Files.writeString(folder.resolve("deep.har"), "{\"a\":[".repeat(2_000));
    assertThatThrownBy(() -> HarFile.read(deep))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(deep + ": not JSON: ");
  }

  @Test
  void refusesATimeThatNoCaptureCanHave(@TempDir Path folder) throws IOException {
    Path far = Files.writeString(
        folder.resolve("far.har"),
        "{\"log\":{\"entries\":[{\"startedDateTime\":\"9999-01-02T03:04:05Z\",\"request\":"
            + "{\"method\":\"GET\",\"url\":\"http://a/\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[]}}]}}");
    assertThatThrownBy(() -> HarFile.read(far))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(far + ": entry 1: ");
  }
}
