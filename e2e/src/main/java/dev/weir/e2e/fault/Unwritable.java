package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/**
 * The folder of a role's spool lets nobody make or remove a file, and later it does again. One on a
 * line with small disks, where permissions bind.
 */
public final class Unwritable implements Fault {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Role role;
  private long before;

  public Unwritable(Role role) {
    this.role = role;
  }

  @Override
  public String name() {
    return "folder of the " + role + " read-only";
  }

  @Override
  public Cost cost() {
    return role == Role.PROXY
        ? Cost.losing(LossReason.FULL, LossReason.EVICTED, LossReason.IO_ERROR)
        : Cost.NOTHING;
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    before = Spools.lost(line);
    permit(line, "r-xr-xr-x");
  }

  private void permit(Line line, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        Spools.folder(line, role), PosixFilePermissions.fromString(permissions));
  }

  /** Felt once a segment is full. */
  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    return role == Role.PROXY ? Spools.lost(line) > before : Spools.isHeld(line);
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    permit(line, "rwx------");
    Spools.awaitArrivals(line, PATIENCE);
  }
}
