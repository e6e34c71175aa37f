package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The wall clocks of all roles jump, and jump back; on a line whose clocks can be set. Nobody waits
 * by the wall clock, so that this costs nothing while the roles run.
 */
public record ClockJump(Duration by, Cost cost) implements Fault {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  @Override
  public String name() {
    return "clocks off by " + by;
  }

  public ClockJump(Duration by) {
    this(by, Cost.NOTHING);
  }

  @Override
  public void begin(Line line) throws IOException {
    set(line, by);
  }

  private static void set(Line line, Duration error) throws IOException {
    for (Role role : Role.values()) {
      line.setClock(role, error);
    }
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    long now = line.page(Role.PROXY).proxy().captured();
    Spools.awaitArrivals(line, PATIENCE);
    return line.page(Role.PROXY).proxy().captured() > now;
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    set(line, Duration.ZERO);
    Spools.awaitArrivals(line, PATIENCE);
  }
}
