package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;

/** A role is stopped in order, stays away for a while, and comes back: costs nothing. */
public record Outage(Role role) implements Fault {
  @Override
  public String name() {
    return role + " away";
  }

  @Override
  public Cost cost() {
    return role == Role.PROXY ? Cost.REQUESTS : Cost.NOTHING;
  }

  @Override
  public void begin(Line line) throws InterruptedException {
    line.process(role).stop();
  }

  @Override
  public boolean hasHappened(Line line) {
    return !line.process(role).isAlive();
  }

  @Override
  public void end(Line line) throws IOException {
    line.start(role);
  }
}
