package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import java.io.IOException;

/**
 * Something that goes wrong with a line that has traffic, and is over again. It is begun, asked
 * until it has happened, and ended; after that it may be begun again. Whoever runs a trial drives
 * it, on one thread. A fault that never happens fails its trial: it would prove nothing.
 */
public interface Fault {
  /** What it is, in a few words for people: {@code relay killed}. */
  String name();

  /** What it may cost. Whatever else it costs is a defect of Weir. */
  Cost cost();

  /** Lets it begin; returns soon, even if it has not happened yet. */
  void begin(Line line) throws IOException, InterruptedException;

  /** Whether it was felt since it began. */
  boolean hasHappened(Line line) throws IOException, InterruptedException;

  /** Ends it, also where it has not happened: what it broke works again, or mends itself. */
  void end(Line line) throws IOException, InterruptedException;
}
