package dev.weir.player.target;

import dev.weir.capture.Headers;
import dev.weir.unit.BucketName;
import java.util.ArrayList;
import java.util.List;

/**
 * The field Weir-Hop: the buckets that a request was replayed from, oldest first. A request that
 * has been in this bucket before goes in a circle, however many buckets and proxies the circle has,
 * and is not replayed from it again.
 *
 * <pre>
 * Weir-Hop: shop, shop-staging
 * </pre>
 */
public record Hops(BucketName bucket) {
  static final String FIELD = "Weir-Hop";

  /** Whether a request with these fields was replayed from this bucket before. */
  public boolean isLoop(Headers headers) {
    return names(headers).contains(bucket.value());
  }

  /** The field's value with this bucket at its end. */
  String with(Headers headers) {
    List<String> names = names(headers);
    names.add(bucket.value());
    return String.join(", ", names);
  }

  private static List<String> names(Headers headers) {
    List<String> names = new ArrayList<>();
    for (String value : headers.all(FIELD)) {
      for (String name : value.split(",", -1)) {
        names.add(name.strip());
      }
    }
    return names;
  }
}
