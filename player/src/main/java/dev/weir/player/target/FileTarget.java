package dev.weir.player.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.loop.Loop;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.unit.ByteSize;
import dev.weir.wire.CaptureJson;
import dev.weir.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Appends captures to a file, one JSON object a line: {@code id}, {@code attempt}, and what
 * {@link CaptureJson} writes. Nothing of a capture is lost, and a line that was delivered survives
 * a power cut.
 *
 * <p>Its loop's thread owns the file and writes what has gathered meanwhile at once.
 */
public final class FileTarget implements Target {
  private static final int MOST_AT_ONCE = 500;
  private static final Duration IDLE = Duration.ofHours(1);

  private final LineFile file;
  private final int mostAtOnce;

  /** Bounded by the replay's concurrency. */
  private final Queue<Pending> queue = new ConcurrentLinkedQueue<>();

  private final Loop loop;

  private record Pending(Attempt attempt, CompletableFuture<Outcome> outcome) {}

  FileTarget(LineFile file, boolean syncEach, String name) {
    this.file = file;
    this.mostAtOnce = syncEach ? 1 : MOST_AT_ONCE;
    this.loop = new Loop(name, this::step);
  }

  FileTarget start() {
    loop.start();
    return this;
  }

  @Override
  public CompletionStage<Outcome> deliver(Attempt attempt, Duration timeout) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    queue.add(new Pending(attempt, outcome));
    loop.wake();
    return outcome.completeOnTimeout(
        new Retry("not on the disk in time"), timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Duration step() {
    List<Pending> batch = new ArrayList<>();
    while (batch.size() < mostAtOnce && !queue.isEmpty()) {
      Pending next = queue.remove();
      if (!next.outcome().isDone()) {
        batch.add(next);
      }
    }
    if (!batch.isEmpty()) {
      Outcome outcome = write(batch);
      batch.forEach(pending -> pending.outcome().complete(outcome));
    }
    return queue.isEmpty() ? IDLE : Duration.ZERO;
  }

  private Outcome write(List<Pending> batch) {
    try {
      file.append(batch.stream().map(pending -> line(pending.attempt())).toList());
      return new Delivered(null);
    } catch (IOException e) {
      return new Retry(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] line(Attempt attempt) {
    ObjectNode to = Json.MAPPER.createObjectNode();
    to.put("id", attempt.id().toString());
    to.put("attempt", attempt.number());
    byte[] json = Json.write(to.setAll(CaptureJson.write(attempt.capture())));
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /** What was not written by now fails, to be tried again. */
  @Override
  public void close() throws IOException {
    loop.close();
    for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
      pending.outcome().complete(new Retry("the target is closed"));
    }
    file.close();
  }

  /** When a file is made durable. Either way before its captures are settled. */
  public enum Fsync {
    /** Once for all captures that have gathered meanwhile. */
    BATCH,
    /** After each capture. */
    CAPTURE
  }

  /** {@code type: file}. */
  public static final class Type implements TargetType {
    @Override
    public String type() {
      return "file";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: file}.
   *
   * @param maxBytes a file of this size makes way for a new one
   * @param maxFiles so many files are kept, the one that grows included; the oldest goes
   */
  public record Config(
      Path path,
      @Default("100MB") ByteSize maxBytes,
      @Default("10") int maxFiles,
      @Default("batch") Fsync fsync)
      implements TargetConfig {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_FILES = 1000;

    public Config {
      new Check()
          .that(maxBytes.bytes() > 0, "max-bytes", "must be more than nothing")
          .that(maxFiles >= 1 && maxFiles <= MOST_FILES, "max-files", "must be 1 to " + MOST_FILES)
          .end();
    }

    @Override
    public String label() {
      return path.toString();
    }

    @Override
    public Duration timeout() {
      return TIMEOUT;
    }

    @Override
    public Target open(TargetContext context) throws IOException {
      LineFile file = new LineFile(path, maxBytes, maxFiles, LineFile.Write.ALL);
      file.open();
      return new FileTarget(file, fsync == Fsync.CAPTURE, "target-" + context.bucket()).start();
    }
  }
}
