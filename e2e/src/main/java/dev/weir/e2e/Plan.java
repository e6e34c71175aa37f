package dev.weir.e2e;

import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a line is laid. Lines of equal plans are alike.
 *
 * @param wired whether every link is a wire that can be spoilt
 * @param spool how much the proxy's spool may hold
 * @param timeout how long an attempt at the target may take; a lease is five seconds longer, which
 *     is the least
 * @param java further options for a role's Java
 * @param data where a role keeps its data, if not in the line's directory
 */
public record Plan(
    boolean wired,
    ByteSize spool,
    Duration timeout,
    Map<Role, List<String>> java,
    Map<Role, Path> data) {
  /** Roles that talk to each other directly, and as much disk as they want. */
  public static final Plan DIRECT =
      new Plan(false, ByteSize.ofMegabytes(1024), Duration.ofSeconds(5), Map.of(), Map.of());

  /** The same over wires. */
  public static final Plan WIRED = DIRECT.overWires();

  public Plan {
    java = Map.copyOf(java);
    data = Map.copyOf(data);
  }

  private Plan overWires() {
    return new Plan(true, spool, timeout, java, data);
  }

  public Plan withSpool(ByteSize size) {
    return new Plan(wired, size, timeout, java, data);
  }

  public Plan withTimeout(Duration time) {
    return new Plan(wired, spool, time, java, data);
  }

  public Plan withJava(Role role, String... options) {
    Map<Role, List<String>> all = new EnumMap<>(Role.class);
    all.putAll(java);
    all.put(role, List.of(options));
    return new Plan(wired, spool, timeout, all, data);
  }

  public Plan withData(Role role, Path directory) {
    Map<Role, Path> all = new EnumMap<>(Role.class);
    all.putAll(data);
    all.put(role, directory);
    return new Plan(wired, spool, timeout, java, all);
  }
}
