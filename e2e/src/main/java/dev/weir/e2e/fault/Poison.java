package dev.weir.e2e.fault;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Line;
import dev.weir.e2e.NumberedSite;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One capture kills whatever player tries it, as one would that fills its memory. In the end it
 * must be dead, and nothing else with it.
 */
public final class Poison implements Fault {
  private static final long NONE = -1;

  private final AtomicLong number = new AtomicLong(NONE);
  private final AtomicBoolean struck = new AtomicBoolean();
  private volatile @Nullable RoleProcess player;
  private long deadBefore;

  @Override
  public String name() {
    return "capture that kills its player";
  }

  @Override
  public Cost cost() {
    return Cost.killing(1).plus(Cost.REPEATS);
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    deadBefore = line.books().relay().dead();
    number.set(NONE);
    player = line.process(Role.PLAYER);
    line.target().behave(came -> {
      number.compareAndSet(NONE, came);
      if (came != number.get()) {
        return Duration.ZERO;
      }
      kill();
      return Duration.ZERO;
    });
  }

  /** On the target's thread. */
  private void kill() {
    RoleProcess victim = player;
    if (victim != null) {
      victim.close(); // kill -9
      struck.set(true);
    }
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    if (struck.compareAndSet(true, false)) {
      line.process(Role.PLAYER).kill();
      line.start(Role.PLAYER);
      player = line.process(Role.PLAYER);
    }
    return line.page(Role.RELAY).totals().dead() > deadBefore;
  }

  @Override
  public void end(Line line) {
    line.target().behave(NumberedSite.AT_ONCE);
  }
}
