package dev.weir.proxy.pipeline;

import dev.weir.capture.CaptureCodec;
import dev.weir.script.Hook.Emission;
import dev.weir.unit.BucketName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Encoded captures on their way to their spools, by bucket, in order. The pipeline's thread alone.
 */
final class Batch {
  private final Map<BucketName, List<byte[]>> frames = new LinkedHashMap<>();
  private long decided;
  private long kept;
  private long emitted;
  private long bytes;

  /** Counts a capture of which nothing goes on. */
  void addNothing() {
    decided++;
  }

  /**
   * Adds what became of one capture, all or nothing; each emission is encoded once, however many
   * buckets it goes to.
   *
   * @param buckets where an emission goes that names none
   */
  void add(List<Emission> emissions, Set<BucketName> buckets) {
    addFrames(emissions, buckets);
    kept++;
  }

  /** Adds what a timer made, which was nobody's capture. */
  void addEmitted(List<Emission> emissions, Set<BucketName> buckets) {
    long before = all();
    addFrames(emissions, buckets);
    emitted += all() - before;
  }

  private void addFrames(List<Emission> emissions, Set<BucketName> buckets) {
    List<byte[]> encoded = emissions.stream()
        .map(emission -> CaptureCodec.encode(emission.capture()))
        .toList();
    decided++;
    for (int i = 0; i < encoded.size(); i++) {
      Set<BucketName> chosen = emissions.get(i).buckets();
      for (BucketName bucket : chosen.isEmpty() ? buckets : chosen) {
        frames.computeIfAbsent(bucket, b -> new ArrayList<>()).add(encoded.get(i));
        bytes += encoded.get(i).length;
      }
    }
  }

  private long all() {
    return framesFor(frames.keySet());
  }

  void addAll(Batch other) {
    other.frames.forEach(
        (bucket, more) -> frames.computeIfAbsent(bucket, b -> new ArrayList<>()).addAll(more));
    decided += other.decided;
    kept += other.kept;
    emitted += other.emitted;
    bytes += other.bytes;
  }

  void forEach(BiConsumer<BucketName, List<byte[]>> action) {
    frames.forEach(action);
  }

  /** How many frames go to one of these buckets. */
  long framesFor(Set<BucketName> buckets) {
    return frames.entrySet().stream()
        .filter(e -> buckets.contains(e.getKey()))
        .mapToLong(e -> e.getValue().size())
        .sum();
  }

  Set<BucketName> buckets() {
    return frames.keySet();
  }

  /** How many captures have been decided, whatever became of them. */
  long decided() {
    return decided;
  }

  /** How many captures are in here. */
  long kept() {
    return kept;
  }

  /** How many frames they became, over all buckets. */
  long frames() {
    return all() - emitted;
  }

  /** How many frames timers made, over all buckets. */
  long emitted() {
    return emitted;
  }

  /** What the frames take, over all buckets. */
  long bytes() {
    return bytes;
  }
}
