package dev.weir.bench;

import java.time.Duration;

/**
 * What one load run against one side came to.
 *
 * @param took from the first request to the last answer
 * @param errors requests without an answer, or with another one than 200
 * @param cpu of what the requests passed
 * @param cpuBehind of what worked on the side meanwhile
 */
record Round(
    long requests,
    Duration took,
    Duration p50,
    Duration p99,
    long errors,
    Duration cpu,
    Duration cpuBehind) {

  double perSecond() {
    return requests * 1e9 / took.toNanos();
  }

  double p50Micros() {
    return p50.toNanos() / 1e3;
  }

  double p99Micros() {
    return p99.toNanos() / 1e3;
  }

  double cpuMicros() {
    return cpu.toNanos() / 1e3 / Math.max(1, requests);
  }

  double cpuBehindMicros() {
    return cpuBehind.toNanos() / 1e3 / Math.max(1, requests);
  }
}
