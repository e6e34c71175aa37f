package dev.weir.relay;

import dev.weir.relay.store.DeadStore;
import dev.weir.relay.store.SqliteDeadStore;
import dev.weir.spool.Spool;
import dev.weir.spool.SpoolSettings;
import dev.weir.spool.SqliteSpool;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each bucket in a directory of its own: {@code DATA/buckets/NAME}. */
final class DiskStorage implements Storage {
  private static final Logger LOG = LoggerFactory.getLogger(DiskStorage.class);

  private final Path buckets;
  private final InstantSource clock;

  DiskStorage(Path data, InstantSource clock) {
    this.buckets = data.resolve("buckets");
    this.clock = clock;
  }

  @Override
  public List<BucketName> present() throws IOException {
    List<BucketName> names = new ArrayList<>();
    if (!Files.isDirectory(buckets)) {
      return names;
    }
    try (DirectoryStream<Path> directories =
        Files.newDirectoryStream(buckets, Files::isDirectory)) {
      for (Path directory : directories) {
        try {
          names.add(new BucketName(directory.getFileName().toString()));
        } catch (IllegalArgumentException e) {
          LOG.warn("{} is no bucket's directory and stays as it is", directory);
        }
      }
    }
    return names;
  }

  @Override
  public Spool spool(BucketName bucket, RelayConfig.Bucket config) throws IOException {
    SpoolSettings settings = new SpoolSettings(
        directory(bucket), config.maxBytes(), config.maxAge(), config.minFreeDisk());
    return SqliteSpool.open(settings, Map.of(), clock);
  }

  /** After the spool, whose lock keeps a second relay out. */
  @Override
  public DeadStore dead(BucketName bucket, RelayConfig.Bucket config) throws IOException {
    return SqliteDeadStore.open(
        directory(bucket).resolve("dead.db"), config.dead().maxBytes());
  }

  private Path directory(BucketName bucket) {
    return buckets.resolve(bucket.value());
  }
}
