package dev.weir.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that people run. */
public final class Weir {
  private Weir() {}

  /** The jar under test. */
  public static Path jar() {
    return Path.of(System.getProperty("weir.jar", "cli/target/weir.jar"))
        .toAbsolutePath()
        .normalize();
  }

  /** {@code java -jar weir.jar}, with these options for the machine. */
  public static List<String> command(String... jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmOptions));
    command.add("-jar");
    command.add(jar().toString());
    return command;
  }
}
