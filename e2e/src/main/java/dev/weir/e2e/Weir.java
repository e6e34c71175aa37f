package dev.weir.e2e;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
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

  /**
   * Options with which a process that lives for seconds starts in half the time: classes and native
   * code as the launcher keeps them beside the jar, and no compiling that takes longer to pay.
   */
  static List<String> shortLived() {
    return ShortLived.OPTIONS;
  }

  private static final class ShortLived {
    static final List<String> OPTIONS = options();

    private static List<String> options() {
      List<String> options =
          new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      Path target = jar().resolveSibling(".");
      Path archive = target.resolve("weir-" + System.getProperty("java.version") + ".jsa");
      if (launch(target.resolve("../../weir").normalize()) && archive.toFile().length() > 0) {
        options.add("-XX:SharedArchiveFile=" + archive.normalize());
        options.add("-Dorg.sqlite.lib.path=" + target.resolve("weir-native").normalize());
      }
      return List.copyOf(options);
    }

    /** Lets the launcher make what it keeps; whether there is one that could. */
    private static boolean launch(Path launcher) {
      ProcessBuilder once = new ProcessBuilder(launcher.toString(), "--version")
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD);
      once.environment().put("JAVA_HOME", System.getProperty("java.home"));
      try {
        return once.start().waitFor() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
