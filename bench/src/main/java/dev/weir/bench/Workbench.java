package dev.weir.bench;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Weir;
import dev.weir.loop.Closer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where one section works: a scratch directory and every process that was started for it. Closing
 * it ends the processes and removes the directory. One thread's own.
 */
final class Workbench implements AutoCloseable {
  /** The heap that every Java process under test gets. */
  static final int HEAP_MEGABYTES = 256;

  /**
   * As {@code ./weir} begins it, and no more than that. All of it is touched at once, or what is
   * resident would show for minutes how far into the heap Java has come, and nothing else.
   */
  private static final String[] HEAP = {
    "-Xms128m", "-Xmx" + HEAP_MEGABYTES + "m", "-XX:+AlwaysPreTouch"
  };

  private final Path directory;
  private final Closer open = new Closer();
  private int roles;

  private Workbench(Path directory) {
    this.directory = directory;
  }

  static Workbench open(String section) throws IOException {
    Path directory = Bench.TARGET.resolve("run").resolve(section).toAbsolutePath();
    remove(directory);
    Files.createDirectories(directory);
    return new Workbench(directory);
  }

  /** A folder in it; not made yet. */
  Path folder(String name) {
    return directory.resolve(name);
  }

  Wrk wrk() throws IOException {
    return Wrk.in(directory);
  }

  Nginx add(Nginx nginx) {
    return open.add(nginx);
  }

  SlowFront add(SlowFront front) {
    return open.add(front);
  }

  /** A role of the jar, with that configuration; ready. */
  RoleProcess role(String role, String yaml) throws IOException {
    Path file = folder(role + "-" + ++roles + ".yaml");
    Files.writeString(file, yaml);
    return start(Weir.command(HEAP), List.of(role, "--config", file.toString()));
  }

  /** A main class of this module that says when it is ready, as the roles do. */
  RoleProcess main(Class<?> main, List<String> arguments) throws IOException {
    return start(java(main), arguments);
  }

  /** The command for a main class of this module. */
  static List<String> java(Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  private RoleProcess start(List<String> command, List<String> arguments) throws IOException {
    RoleProcess role = RoleProcess.start(command, folder("talk.log"), arguments);
    open.add(role::kill);
    return role;
  }

  static String address(RoleProcess role, String purpose) {
    return Objects.requireNonNull(role.addresses().get(purpose), purpose);
  }

  static ProcessHandle handle(RoleProcess role) {
    return ProcessHandle.of(role.pid())
        .orElseThrow(() -> new IllegalStateException("pid " + role.pid() + " has ended"));
  }

  @Override
  public void close() throws IOException {
    open.close();
    remove(directory);
  }

  private static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
