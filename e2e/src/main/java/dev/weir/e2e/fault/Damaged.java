package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files of a role's backlog are damaged while it is down. The next stage is kept away until there
 * is a backlog; then the role is killed, its files are struck, and both come back.
 */
public final class Damaged implements Fault {
  /** Sealed segments for every damage, and the one that is written. */
  private static final int BACKLOG = 7;

  private final Role role;
  private final boolean newest;
  private boolean struck;

  private Damaged(Role role, boolean newest) {
    this.role = role;
    this.newest = newest;
  }

  /** Segments that are only read: each damaged in another way, and two changed places. */
  public static Damaged sealed(Role role) {
    return new Damaged(role, false);
  }

  /** A bit of the write-ahead log of the segment that is written. */
  public static Damaged log(Role role) {
    return new Damaged(role, true);
  }

  @Override
  public String name() {
    return role + (newest ? " with a bit of its log flipped" : " with damaged segments");
  }

  /** A proxy's spool may come to its bound while the relay is away. */
  @Override
  public Cost cost() {
    return role == Role.PROXY
        ? Cost.REQUESTS.plus(Cost.losing(LossReason.CORRUPT, LossReason.CRASH, LossReason.EVICTED))
        : Cost.REPEATS.plus(Cost.losing(LossReason.CORRUPT, LossReason.ROLLED_BACK));
  }

  private Role next() {
    return role == Role.PROXY ? Role.RELAY : Role.PLAYER;
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    struck = false;
    line.process(next()).stop();
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    Path folder = Spools.folder(line, role);
    if (!struck && Spools.segments(folder).size() > (newest ? 0 : BACKLOG)) {
      line.process(role).kill();
      strike(Spools.segments(folder));
      struck = true;
      line.start(role);
      line.start(next());
    }
    return struck && (newest || Files.isDirectory(folder.resolve("quarantine")));
  }

  private void strike(List<Path> segments) throws IOException {
    if (newest) {
      Damage.FLIPPED_LOG_BIT.strike(segments.get(segments.size() - 1));
      return;
    }
    Damage.ZERO_LENGTH.strike(segments.get(1));
    Damage.CUT.strike(segments.get(2));
    Damage.GARBAGE_HEADER.strike(segments.get(3));
    Damage.GARBAGE_PAGE.strike(segments.get(4));
    Damage.swap(segments.get(5), segments.get(6));
  }

  @Override
  public void end(Line line) throws IOException {
    if (!struck) {
      line.start(next());
    }
  }
}
