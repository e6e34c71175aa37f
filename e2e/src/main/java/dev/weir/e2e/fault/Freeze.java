package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A role stands still: {@code SIGSTOP}, and in the end {@code SIGCONT}. */
public record Freeze(Role role) implements Fault {
  @Override
  public String name() {
    return role + " frozen";
  }

  @Override
  public Cost cost() {
    return role == Role.PROXY
        ? Cost.REQUESTS
        : Cost.REPEATS; // its attempts and its leases go on to run out
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    run("kill", "-STOP", pid(line));
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    return run("ps", "-o", "state=", "-p", pid(line)).startsWith("T");
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    run("kill", "-CONT", pid(line));
  }

  private String pid(Line line) {
    return Long.toString(line.process(role).pid());
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + said.strip());
    }
    return said.strip();
  }
}
