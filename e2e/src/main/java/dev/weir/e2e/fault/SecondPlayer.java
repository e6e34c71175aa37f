package dev.weir.e2e.fault;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.wire.PlayerReport;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A second player joins the group, shares its work, and leaves in order or by {@code kill -9}. */
public final class SecondPlayer implements Fault {
  private static final int SHARE = 20;

  private final boolean killed;
  private @Nullable RoleProcess second;
  private long before;

  private SecondPlayer(boolean killed) {
    this.killed = killed;
  }

  public static SecondPlayer leaving() {
    return new SecondPlayer(false);
  }

  public static SecondPlayer killed() {
    return new SecondPlayer(true);
  }

  @Override
  public String name() {
    return killed ? "second player killed" : "second player leaves";
  }

  @Override
  public Cost cost() {
    return killed ? Cost.REPEATS : Cost.NOTHING;
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    before = delivered(line.page(Role.PLAYER).player());
    second = line.startAnother(
        Role.PLAYER, line.data(Role.PLAYER).resolveSibling("player-" + System.nanoTime()));
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    PlayerReport other = Line.page(Objects.requireNonNull(second)).player();
    return delivered(other) >= SHARE
        && delivered(line.page(Role.PLAYER).player()) >= before + SHARE;
  }

  private static long delivered(PlayerReport player) {
    return player.replays().stream()
        .mapToLong(PlayerReport.ReplayState::delivered)
        .sum();
  }

  @Override
  public void end(Line line) throws InterruptedException {
    RoleProcess process = second;
    if (process != null && killed) {
      process.kill();
    } else if (process != null) {
      process.stop();
    }
  }
}
