package dev.weir.e2e.fault;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A copy of a proxy's data directory comes to life beside the original, and ships what it has. */
public final class ClonedProxy implements Fault {
  private @Nullable RoleProcess clone;

  @Override
  public String name() {
    return "proxy cloned";
  }

  @Override
  public Cost cost() {
    return Cost.REQUESTS.plus(Cost.losing(LossReason.CRASH));
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    Path data = line.data(Role.PROXY);
    Path copy = data.resolveSibling("proxy-clone-" + System.nanoTime());
    line.process(Role.PROXY).kill();
    Copies.copy(data, copy);
    line.start(Role.PROXY);
    clone = line.startAnother(Role.PROXY, copy);
  }

  /** It has nothing left to ship that the original has not. */
  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    return Line.page(running()).proxy().buckets().get(0).waiting() == 0;
  }

  private RoleProcess running() {
    return Objects.requireNonNull(clone);
  }

  @Override
  public void end(Line line) throws InterruptedException {
    running().stop();
  }
}
