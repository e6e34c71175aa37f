package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Link;

/** A link is down: all connections break, and new ones do at once. */
public record Cut(Link link) implements Fault {
  @Override
  public String name() {
    return link + " down";
  }

  @Override
  public Cost cost() {
    return Spoilt.broken(link);
  }

  @Override
  public void begin(Line line) {
    line.wire(link).cut();
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
