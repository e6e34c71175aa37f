package dev.weir.relay.fleet;

import dev.weir.durable.WholeFile;
import dev.weir.ledger.LossReason;
import dev.weir.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was lost within a day: a sum alone tells nobody that it has grown. Its samples lie in a
 * file, so that no restart of the relay hides a loss. One thread takes them; any may ask.
 */
public final class RecentLosses {
  static final Duration EVERY = Duration.ofHours(1);

  /** Whose the losses are that are no group's. */
  static final String NO_GROUP = "";

  private static final Duration DAY = Duration.ofDays(1);
  private static final Logger LOG = LoggerFactory.getLogger(RecentLosses.class);

  private final InstantSource clock;
  private final Path file;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * @param atMs when it was taken, in milliseconds since 1970
   * @param lost all that was ever lost until then, by whom and by reason
   */
  record Sample(long atMs, SortedMap<String, SortedMap<String, Long>> lost) {}

  /** JSON: {@code {"samples": [{"atMs": …, "lost": {"shop/default": {…}}}]}}, oldest first. */
  record Content(List<Sample> samples) {}

  public RecentLosses(InstantSource clock, Path file) {
    this.clock = clock;
    this.file = file;
  }

  /** Goes on from what the file says; one that makes no sense is left aside. */
  public void read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return;
    }
    try {
      samples.addAll(Json.read(bytes, Content.class).samples());
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} says nothing of losses and will be written anew: {}", file, e.getMessage());
    }
  }

  /**
   * Takes a sample if the last one is an hour old. Of those from before a day only the newest
   * stays: it is what there was a day ago, or the nearest to it that is known.
   *
   * @param lost all that was ever lost, by whom ({@link #NO_GROUP}, or {@code bucket/group}) and by
   *     reason
   * @return when to call again
   */
  Duration take(SortedMap<String, SortedMap<String, Long>> lost) {
    long now = clock.millis();
    List<Sample> written;
    synchronized (samples) {
      samples.removeIf(sample -> sample.atMs() > now); // somebody has set the clock back
      long since =
          samples.isEmpty() ? EVERY.toMillis() : now - samples.getLast().atMs();
      if (since < EVERY.toMillis()) {
        return EVERY.minusMillis(since);
      }
      samples.addLast(new Sample(now, lost));
      while (samples.size() > 1 && now - second().atMs() >= DAY.toMillis()) {
        samples.removeFirst();
      }
      written = List.copyOf(samples);
    }
    try {
      WholeFile.write(file, Json.write(new Content(written)));
    } catch (IOException e) {
      LOG.warn("cannot write {}: {}; a restart forgets what is lost today", file, e.getMessage());
    }
    return EVERY;
  }

  private Sample second() {
    return samples.stream().skip(1).findFirst().orElseThrow();
  }

  /**
   * By reason; what somebody gave up is no news to them. What several groups of a bucket have lost
   * counts once, and what is gone since, such as a forgotten group, hides nothing.
   */
  SortedMap<String, Long> upTo(SortedMap<String, SortedMap<String, Long>> now) {
    SortedMap<String, SortedMap<String, Long>> before;
    synchronized (samples) {
      before = samples.isEmpty() ? now : samples.getFirst().lost();
    }
    Map<String, SortedMap<String, Long>> byBucket = new TreeMap<>();
    now.forEach((who, lost) -> {
      SortedMap<String, Long> then = before.getOrDefault(who, Collections.emptySortedMap());
      SortedMap<String, Long> most = byBucket.computeIfAbsent(bucket(who), name -> new TreeMap<>());
      lost.forEach(
          (reason, count) -> most.merge(reason, count - then.getOrDefault(reason, 0L), Math::max));
    });
    SortedMap<String, Long> recent = new TreeMap<>();
    byBucket
        .values()
        .forEach(lost -> lost.forEach((reason, count) -> {
          if (count > 0 && !reason.equals(LossReason.PURGED.wireName())) {
            recent.merge(reason, count, Long::sum);
          }
        }));
    return recent;
  }

  private static String bucket(String who) {
    return who.substring(0, Math.max(0, who.indexOf('/')));
  }
}
