package dev.weir.cli;

import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bucket, or which of its groups, a command means. */
final class GroupOptions {
  @Option(names = "--bucket", paramLabel = "NAME", required = true, description = "The bucket.")
  private @Nullable BucketName bucket;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "This group alone. Default: the bucket with all its groups.")
  private @Nullable GroupName group;

  BucketName bucket() {
    return Objects.requireNonNull(bucket);
  }

  @Nullable
  GroupName group() {
    return group;
  }

  /** {@code bucket "shop"}, {@code group "a" of bucket "shop"}. */
  @Override
  public String toString() {
    String whole = "bucket \"" + bucket + "\"";
    return group == null ? whole : "group \"" + group + "\" of " + whole;
  }
}
