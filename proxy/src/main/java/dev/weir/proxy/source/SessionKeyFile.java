package dev.weir.proxy.source;

import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The key that session keys are hashed with: made once, kept so that they stay the same. */
record SessionKeyFile(Path folder) {
  private static final int BYTES = 32;

  byte[] read() throws IOException {
    Path file = folder.resolve("session.key");
    if (Files.exists(file)) {
      byte[] key = Files.readAllBytes(file);
      if (key.length == BYTES) {
        return key;
      }
    }
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(folder);
    WholeFile.write(file, key);
    return key;
  }
}
