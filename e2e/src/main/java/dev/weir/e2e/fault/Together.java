package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Faults at the same time: each begins once the one before it has happened, and all end once the
 * last has, in the opposite order.
 */
public final class Together implements Fault {
  private final List<Fault> faults;
  private int begun;

  private Together(List<Fault> faults) {
    this.faults = faults;
  }

  public static Together of(Fault... faults) {
    return new Together(List.of(faults));
  }

  public List<Fault> faults() {
    return faults;
  }

  @Override
  public String name() {
    return faults.stream().map(Fault::name).collect(Collectors.joining(", "));
  }

  @Override
  public Cost cost() {
    return faults.stream().map(Fault::cost).reduce(Cost.NOTHING, Cost::plus);
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    begun = 0;
    beginNext(line);
  }

  private void beginNext(Line line) throws IOException, InterruptedException {
    faults.get(begun++).begin(line);
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    if (!faults.get(begun - 1).hasHappened(line)) {
      return false;
    }
    if (begun == faults.size()) {
      return true;
    }
    beginNext(line);
    return hasHappened(line);
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    while (begun > 0) {
      faults.get(--begun).end(line);
    }
  }
}
