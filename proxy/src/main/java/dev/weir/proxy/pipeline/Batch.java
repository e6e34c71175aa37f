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

  /** Adds what became of one capture; each is encoded once, however many buckets it goes to. */
  void add(Route route, List<Emission> emissions) {
    kept++;
    for (Emission emission : emissions) {
      byte[] frame = CaptureCodec.encode(emission.capture());
      Set<BucketName> buckets = emission.buckets().isEmpty() ? route.buckets() : emission.buckets();
      for (BucketName bucket : buckets) {
        frames.computeIfAbsent(bucket, b -> new ArrayList<>()).add(frame);
        size++;
      }
    }
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
