package dev.weir.proxy.source;

import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The key that session keys are hashed with: made once, kept so that they stay the same. */
record SessionKeyFile(Path folder) {
  private static final int BYTES = 32;

  /**
   * @throws IOException if it can be neither read nor made, or is no such key: with another one
   *     every session would go on under another name
   */
  byte[] read() throws IOException {
    Path file = folder.resolve("session.key");
    if (Files.exists(file)) {
      byte[] known = Files.readAllBytes(file);
      if (known.length != BYTES) {
        throw new IOException(file + " has " + known.length + " bytes, and a session key has "
            + BYTES + ": restore it, or delete it to name all sessions anew");
      }
      return known;
    }
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(folder);
    WholeFile.write(file, key);
    return key;
  }
}
