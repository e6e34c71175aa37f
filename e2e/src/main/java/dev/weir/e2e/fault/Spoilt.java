package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Link;
import dev.weir.e2e.net.Direction;
import dev.weir.e2e.net.Toxic;
import java.util.List;

/**
 * A toxic on a link.
 *
 * @param breaks whether it breaks connections, and does not only slow them down
 */
public record Spoilt(Link link, Toxic toxic, List<Direction> directions, boolean breaks)
    implements Fault {
  public Spoilt {
    directions = List.copyOf(directions);
  }

  @Override
  public String name() {
    return toxic + " on " + link;
  }

  @Override
  public Cost cost() {
    return breaks ? broken(link) : Cost.NOTHING;
  }

  /** What a link costs that breaks. */
  static Cost broken(Link link) {
    return switch (link) {
      case CLIENT_PROXY, PROXY_SITE -> Cost.REQUESTS;
      case PROXY_RELAY -> Cost.NOTHING;
      case PLAYER_RELAY, PLAYER_TARGET -> Cost.REPEATS;
    };
  }

  @Override
  public void begin(Line line) {
    line.wire(link).spoil(toxic, directions.toArray(Direction[]::new));
  }

  @Override
  public boolean hasHappened(Line line) {
    return line.wire(link).timesFelt() > 0;
  }

  @Override
  public void end(Line line) {
    line.wire(link).mend();
  }
}
