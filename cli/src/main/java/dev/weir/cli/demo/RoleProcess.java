package dev.weir.cli.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One role as a process of its own. */
public final class RoleProcess implements AutoCloseable {
  private static final Pattern WORD = Pattern.compile("(\\S+?)=(\\S+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path talk;
  private final Map<String, String> addresses = new LinkedHashMap<>();

  private RoleProcess(Process process, Path talk) {
    this.process = process;
    this.talk = talk;
  }

  /**
   * Starts a role and waits until it is ready.
   *
   * @param weir the command that starts Weir, such as {@code java -jar weir.jar}
   * @param talk where its standard error goes; appended to
   * @throws IOException if it ends, or is not ready in time; the message has what it said
   */
  public static RoleProcess start(List<String> weir, Path talk, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(weir);
    command.addAll(arguments);
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(talk.toFile()))
        .redirectInput(new File("/dev/null"))
        .start();
    RoleProcess role = new RoleProcess(process, talk);
    role.awaitReady(arguments);
    return role;
  }

  private void awaitReady(List<String> arguments) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Thread watchdog = new Thread(() -> killUnlessReady(), "patience");
    watchdog.setDaemon(true);
    watchdog.start();
    String line = out.readLine();
    while (line != null && !line.startsWith("ready")) {
      line = out.readLine();
    }
    watchdog.interrupt();
    if (line == null) {
      process.destroyForcibly();
      throw new IOException(arguments + " did not become ready: " + Files.readString(talk));
    }
    WORD.matcher(line).results().forEach(word -> addresses.put(word.group(1), word.group(2)));
  }

  private void killUnlessReady() {
    try {
      TimeUnit.NANOSECONDS.sleep(PATIENCE.toNanos());
      process.destroyForcibly();
    } catch (InterruptedException ready) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it serves, as its ready line says. */
  public Map<String, String> addresses() {
    return addresses;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** {@code kill}, and waits; its exit code. */
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      kill();
      throw new IllegalStateException("pid " + pid() + " did not stop within " + PATIENCE);
    }
    return process.exitValue();
  }

  /** What it said on standard error. */
  public String talk() throws IOException {
    return Files.readString(talk);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
