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
  private long kept;
  private long size;

  /**
   * Adds what became of one capture, all or nothing; each emission is encoded once, however many
   * buckets it goes to.
   *
   * @param buckets where an emission goes that names none
   */
  void add(List<Emission> emissions, Set<BucketName> buckets) {
    List<byte[]> encoded = emissions.stream()
        .map(emission -> CaptureCodec.encode(emission.capture()))
        .toList();
    for (int i = 0; i < encoded.size(); i++) {
      Set<BucketName> chosen = emissions.get(i).buckets();
      for (BucketName bucket : chosen.isEmpty() ? buckets : chosen) {
        frames.computeIfAbsent(bucket, b -> new ArrayList<>()).add(encoded.get(i));
        size++;
      }
    }
    kept++;
  }

  void addAll(Batch other) {
    other.frames.forEach(
        (bucket, more) -> frames.computeIfAbsent(bucket, b -> new ArrayList<>()).addAll(more));
    kept += other.kept;
    size += other.size;
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

  /** How many captures are in here. */
  long kept() {
    return kept;
  }

  /** How many frames they became, over all buckets. */
  long frames() {
    return size;
  }
}
