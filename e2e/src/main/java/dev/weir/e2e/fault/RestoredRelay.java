package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A relay goes back to an old copy of its data: what it took since is rolled back, what it had
 * delivered since may come again.
 */
public final class RestoredRelay implements Fault {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  @Override
  public String name() {
    return "relay restored from an old copy";
  }

  @Override
  public Cost cost() {
    return Cost.REPEATS.plus(Cost.losing(LossReason.ROLLED_BACK));
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    Path data = line.data(Role.RELAY);
    Path copy = data.resolveSibling("relay-copy-" + System.nanoTime());
    line.process(Role.RELAY).kill();
    Copies.copy(data, copy);
    line.start(Role.RELAY);
    Spools.awaitArrivals(line, PATIENCE);
    line.process(Role.RELAY).kill();
    Copies.restore(copy, data);
  }

  @Override
  public boolean hasHappened(Line line) {
    return !line.process(Role.RELAY).isAlive();
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    line.start(Role.RELAY);
    Spools.awaitArrivals(line, PATIENCE);
  }
}
