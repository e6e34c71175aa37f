package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The disk of a role is really full, and later it is not. It is over when what is requested then
 * arrives. One on a line with small disks.
 */
public final class FullDisk implements Fault {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Role role;
  private long before;

  public FullDisk(Role role) {
    this.role = role;
  }

  @Override
  public String name() {
    return "disk of the " + role + " full";
  }

  /**
   * A proxy gives up captures, never a request; a relay takes no more, and the proxy keeps them.
   */
  @Override
  public Cost cost() {
    return role == Role.PROXY
        ? Cost.losing(LossReason.FULL, LossReason.EVICTED, LossReason.IO_ERROR)
        : Cost.NOTHING;
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    before = Spools.lost(line);
    line.disk(role).fill();
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    line.disk(role).fill(); // what was given back meanwhile
    return role == Role.PROXY ? Spools.lost(line) > before : Spools.isHeld(line);
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    line.disk(role).free();
    Spools.awaitArrivals(line, PATIENCE);
  }
}
