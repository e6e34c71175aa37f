package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Link;
import dev.weir.e2e.Role;
import java.io.IOException;

/** The target is down for so long that the player stops trying: its circuit opens. */
public record DeadTarget() implements Fault {
  @Override
  public String name() {
    return "target down";
  }

  @Override
  public Cost cost() {
    return Cost.REPEATS;
  }

  @Override
  public void begin(Line line) {
    line.wire(Link.PLAYER_TARGET).cut();
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    return line.wire(Link.PLAYER_TARGET).timesFelt() > 0
        && line.page(Role.PLAYER).player().replays().stream()
            .anyMatch(replay -> replay.circuit().equals("open"));
  }

  @Override
  public void end(Line line) {
    line.wire(Link.PLAYER_TARGET).mend();
  }
}
