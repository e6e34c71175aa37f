package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;

/** {@code kill -9} of a role, which is started again at once. */
public record Kill(Role role) implements Fault {
  @Override
  public String name() {
    return role + " killed";
  }

  @Override
  public Cost cost() {
    return role == Role.PROXY
        ? Cost.REQUESTS.plus(Cost.losing(LossReason.CRASH))
        : Cost.REPEATS; // what was leased and not settled
  }

  @Override
  public void begin(Line line) throws InterruptedException {
    line.process(role).kill();
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
