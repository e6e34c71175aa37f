package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.NumberedSite;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The target takes its time over each answer. */
public final class SlowTarget implements Fault {
  private final Duration time;
  private final Cost cost;
  private final AtomicInteger slowed = new AtomicInteger();

  private SlowTarget(Duration time, Cost cost) {
    this.time = time;
    this.cost = cost;
  }

  /** Answers within the player's time-out. */
  public static SlowTarget answeringAfter(Duration time) {
    return new SlowTarget(time, Cost.NOTHING);
  }

  /** Has the request, and answers when the player waits no longer. */
  public static SlowTarget hangingFor(Duration time) {
    return new SlowTarget(time, Cost.REPEATS);
  }

  @Override
  public String name() {
    return "target answers after " + time.toMillis() + " ms";
  }

  @Override
  public Cost cost() {
    return cost;
  }

  @Override
  public void begin(Line line) {
    slowed.set(0);
    line.target().behave(number -> {
      slowed.incrementAndGet();
      return time;
    });
  }

  @Override
  public boolean hasHappened(Line line) {
    return slowed.get() > 0;
  }

  @Override
  public void end(Line line) {
    line.target().behave(NumberedSite.AT_ONCE);
  }
}
