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
  private static final int BACKLOG = 6;

  private final Role role;
  private final Which which;
  private boolean struck;

  private enum Which {
    SEALED("damaged segments"),
    LOG("a bit of its log flipped"),
    NEWEST("its newest segment destroyed");

    private final String what;

    Which(String what) {
      this.what = what;
    }
  }

  private Damaged(Role role, Which which) {
    this.role = role;
    this.which = which;
  }

  /** Segments that are only read: each damaged in another way, and two changed places. */
  public static Damaged sealed(Role role) {
    return new Damaged(role, Which.SEALED);
  }

  /** A bit of the write-ahead log of the segment that is written. */
  public static Damaged log(Role role) {
    return new Damaged(role, Which.LOG);
  }

  /** The segment that is written, with its log: nothing tells any more what was in it. */
  public static Damaged newest(Role role) {
    return new Damaged(role, Which.NEWEST);
  }

  @Override
  public String name() {
    return role + " with " + which.what;
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
    if (!struck && Spools.segments(folder).size() > (which == Which.SEALED ? BACKLOG : 0)) {
      line.process(role).kill();
      strike(Spools.segments(folder));
      struck = true;
      line.start(role);
      line.start(next());
    }
    return struck && (which == Which.LOG || Files.isDirectory(folder.resolve("quarantine")));
  }

  private void strike(List<Path> segments) throws IOException {
    Path newest = segments.get(segments.size() - 1);
    if (which == Which.LOG) {
      Damage.FLIPPED_LOG_BIT.strike(newest);
      return;
    }
    if (which == Which.NEWEST) {
      Damage.destroy(newest);
      return;
    }
    Damage.ZERO_LENGTH.strike(segments.get(0));
    Damage.CUT.strike(segments.get(1));
    Damage.GARBAGE_HEADER.strike(segments.get(2));
    Damage.GARBAGE_PAGE.strike(segments.get(3));
    Damage.swap(segments.get(4), segments.get(5));
  }

  @Override
  public void end(Line line) throws IOException {
    if (!struck) {
      line.start(next());
    }
  }
}
