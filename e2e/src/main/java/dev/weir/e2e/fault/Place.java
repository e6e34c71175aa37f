package dev.weir.e2e.fault;

import dev.weir.durable.CrashPoint;
import dev.weir.e2e.Line;
import java.io.IOException;

/**
 * Where a role is to be halted.
 *
 * @param passing which passing of the point it is, from 1
 * @param before what must be done to the line, while the role is down, for the point to be reached
 * @param after the same, once the role is up
 */
public record Place(CrashPoint point, int passing, Deed before, Deed after) {
  private static final Deed NOTHING = line -> {};

  /** Something done to a line. */
  public interface Deed {
    void on(Line line) throws IOException, InterruptedException;
  }

  /** Reached by traffic alone. */
  public static Place at(CrashPoint point, int passing) {
    return new Place(point, passing, NOTHING, NOTHING);
  }

  public Place after(Deed deed) {
    return new Place(point, passing, before, deed);
  }

  public Place before(Deed deed) {
    return new Place(point, passing, deed, after);
  }

  @Override
  public String toString() {
    return point + ":" + passing;
  }
}
