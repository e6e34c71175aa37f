package dev.weir.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** CPU time of processes and of those that they started, to ten milliseconds. */
final class Cpu {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Cpu() {}

  static Duration of(List<ProcessHandle> processes) {
    return processes.stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * Waits until the processes do next to nothing, so that what one side has left over is not paid
   * by the next. Gives up after 15 seconds.
   */
  static void awaitQuiet(List<ProcessHandle> processes) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Duration before = of(processes);
    boolean busy = true;
    while (busy && System.nanoTime() - until < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      Duration now = of(processes);
      busy = now.minus(before).compareTo(LOOK.dividedBy(10)) > 0;
      before = now;
    }
  }
}
