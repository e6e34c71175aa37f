package dev.weir.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The machine that a configuration is read on: variables, secrets, files. */
interface Surroundings {
  /** The value of an environment variable; null where it is not set. */
  @Nullable
  String variable(String name);

  /** The text of a file that holds a secret, with its last newline. */
  String secret(Path file) throws IOException;

  boolean isReadable(Path file);

  /** Whether the folder can be written to, or made. */
  boolean isWritable(Path folder);

  /** The real one. */
  static Surroundings system(Function<String, @Nullable String> environment) {
    return new Surroundings() {
      private static final int LARGEST_SECRET = 64 << 10;

      @Override
      public @Nullable String variable(String name) {
        return environment.apply(name);
      }

      @Override
      public String secret(Path file) throws IOException {
        if (Files.size(file) > LARGEST_SECRET) {
          throw new IOException("larger than 64 KB, so not a secret");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
      }

      @Override
      public boolean isReadable(Path file) {
        return Files.isRegularFile(file) && Files.isReadable(file);
      }

      @Override
      public boolean isWritable(Path folder) {
        Path there = folder.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
          there = there.getParent();
        }
        return Files.isDirectory(there) && Files.isWritable(there);
      }
    };
  }

  /** Another machine, on which every file that a configuration names is there. */
  static Surroundings elsewhere(Function<String, @Nullable String> environment) {
    return new Surroundings() {
      @Override
      public @Nullable String variable(String name) {
        return environment.apply(name);
      }

      @Override
      public String secret(Path file) {
        return "secret";
      }

      @Override
      public boolean isReadable(Path file) {
        return true;
      }

      @Override
      public boolean isWritable(Path folder) {
        return true;
      }
    };
  }
}
