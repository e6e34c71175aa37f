package dev.weir.e2e.soak;

import dev.weir.e2e.Plan;
import dev.weir.e2e.Traffic.Load;
import dev.weir.e2e.fault.Fault;
import java.util.List;
import java.util.function.Supplier;

/**
 * Faults that strike a line under load, in turn. A row of the table.
 *
 * @param name its word on the command line
 * @param says what happens, for people
 * @param faults new ones: a fault may remember its line
 */
public record Scenario(
    String name, String says, Plan plan, Load load, Supplier<List<Fault>> faults) {
  /** Few enough requests to leave a small machine room for all else. */
  static final Load SOME = new Load(8, 400, 512);

  @Override
  public String toString() {
    return name;
  }
}
