package dev.weir.http;

import dev.weir.capture.Headers;
import dev.weir.loop.Loop;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.unit.ByteSize;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import dev.weir.wire.Report;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the relay how its role is: within a second of a change, and every ten seconds in any case.
 * A report that does not arrive is not sent again: the next one says it all. Its loop's thread
 * alone.
 */
public final class Reporter implements Step, AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration AT_LEAST = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** With the end of the loop it stays within the time that a role has to close. */
  private static final Duration LAST_WORD_WITHIN = Duration.ofSeconds(2);

  private static final Headers JSON = Headers.of("Content-Type", Protocol.JSON);
  private static final ByteSize MAX_ANSWER = new ByteSize(64 << 10);

  private final RelayClient client;
  private final Supplier<Report> report;
  private final Ticker ticker;
  private final Loop loop;
  private @Nullable Report last;
  private long lastAt;

  /** Starts nothing yet. */
  public Reporter(RelayClient client, Supplier<Report> report, Ticker ticker) {
    this.client = client;
    this.report = report;
    this.ticker = ticker;
    this.loop = new Loop("report", this);
  }

  public Reporter start() {
    loop.start();
    return this;
  }

  @Override
  public Duration step() throws InterruptedException {
    Report now = report.get();
    boolean due = last == null || ticker.nanos() - lastAt >= AT_LEAST.toNanos();
    if (due || !now.timeless().equals(last)) {
      send(now, TIMEOUT);
    }
    return LOOK;
  }

  private void send(Report now, Duration atMost) throws InterruptedException {
    try {
      client
          .post(Protocol.REPORTS_PATH, JSON, Json.write(now), atMost, MAX_ANSWER)
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a relay client answers failures as values", e);
    }
    last = now.timeless();
    lastAt = ticker.nanos();
  }

  /**
   * Says that its role has stopped, if the relay is there to hear it. Nothing of one that was never
   * spoken of: it has failed to start.
   */
  @Override
  public void close() {
    loop.close();
    if (last == null) {
      return;
    }
    try {
      send(report.get().last(), LAST_WORD_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
