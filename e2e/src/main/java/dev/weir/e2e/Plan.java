package dev.weir.e2e;

import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a line is laid. Lines of equal plans are alike.
 *
 * @param spool how much the proxy's spool may hold
 * @param bucket how much the relay's bucket may hold
 * @param timeout how long an attempt at the target may take; a lease is five seconds longer, which
 *     is the least
 */
public record Plan(Set<Trait> traits, ByteSize spool, ByteSize bucket, Duration timeout) {
  private static final ByteSize MUCH = ByteSize.ofMegabytes(1024);

  /** Roles that talk to each other directly, and as much disk as they want. */
  public static final Plan DIRECT = new Plan(Set.of(), MUCH, MUCH, Duration.ofSeconds(5));

  /** The same over wires. */
  public static final Plan WIRED = DIRECT.with(Trait.WIRES);

  /** What makes a line a special one. */
  public enum Trait {
    /** Every link is a wire that can be spoilt. */
    WIRES,
    /** Customers submit captures to the proxy, which answers them itself. */
    SUBMISSIONS,
    /** The player writes what it gets to a file, too, as a group of its own. */
    LINES,
    /** The roles' wall clocks can be set wrong. */
    CLOCKS,
    /**
     * The proxy's data and the relay's lie on disks of 16 MB of their own, and permissions bind
     * both.
     */
    SMALL_DISKS
  }

  public Plan {
    traits = Set.copyOf(traits);
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  public Plan with(Trait trait) {
    Set<Trait> more = EnumSet.of(trait);
    more.addAll(traits);
    return new Plan(more, spool, bucket, timeout);
  }

  public Plan withSpool(ByteSize size) {
    return new Plan(traits, size, bucket, timeout);
  }

  public Plan withBucket(ByteSize size) {
    return new Plan(traits, spool, size, timeout);
  }

  public Plan withTimeout(Duration time) {
    return new Plan(traits, spool, bucket, time);
  }
}
