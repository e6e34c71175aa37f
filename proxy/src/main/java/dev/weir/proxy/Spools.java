package dev.weir.proxy;

import dev.weir.loop.Closer;
import dev.weir.proxy.ledger.LedgerRecovery;
import dev.weir.spool.Spool;
import dev.weir.spool.SpoolFolder;
import dev.weir.spool.SpoolSettings;
import dev.weir.spool.SqliteSpool;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spools of a proxy: one for each of its buckets, and those of buckets that its configuration
 * no longer names, as long as something in them waits for the relay.
 */
final class Spools {
  private static final Logger LOG = LoggerFactory.getLogger(Spools.class);

  private final Path folder;
  private final LedgerRecovery recovery;
  private final InstantSource clock;
  private final Map<BucketName, Spool> spools = new LinkedHashMap<>();

  private Spools(Path folder, LedgerRecovery recovery, InstantSource clock) {
    this.folder = folder;
    this.recovery = recovery;
    this.clock = clock;
  }

  /**
   * @param open where those that stay open are added
   * @throws IOException if that of a bucket that is named cannot be opened
   */
  static Map<BucketName, Spool> open(
      ProxyConfig config, LedgerRecovery recovery, InstantSource clock, Closer open)
      throws IOException {
    Spools opening = new Spools(config.data().resolve("spool"), recovery, clock);
    for (Map.Entry<BucketName, ProxyConfig.Bucket> named : config.buckets().entrySet()) {
      Spool spool = opening.open(named.getKey(), named.getValue());
      opening.spools.put(named.getKey(), open.add(spool));
    }
    for (BucketName left : opening.leftBehind()) {
      opening.takeOver(left, open);
    }
    return opening.spools;
  }

  private Spool open(BucketName bucket, ProxyConfig.Bucket limits) throws IOException {
    SpoolSettings settings = new SpoolSettings(
        folder.resolve(bucket.value()), limits.maxBytes(), limits.maxAge(), limits.minFreeDisk());
    return SqliteSpool.open(settings, recovery.numbered(bucket), clock);
  }

  /** The buckets that have a folder here and are not open. */
  private List<BucketName> leftBehind() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .map(each -> each.getFileName().toString())
          .filter(BucketName::isName)
          .sorted()
          .map(BucketName::new)
          .filter(bucket -> !spools.containsKey(bucket))
          .toList();
    }
  }

  /** What cannot be opened stays where it is: nobody asks for it, and production need not wait. */
  private void takeOver(BucketName bucket, Closer open) {
    Path left = folder.resolve(bucket.value());
    try {
      if (!new SpoolFolder(left).holdsSpool()) {
        return;
      }
      Spool spool = open(bucket, ProxyConfig.Bucket.UNNAMED);
      Spool.State state = spool.state();
      if (state.first() == state.next()) {
        spool.close();
        return;
      }
      spools.put(bucket, open.add(spool));
      LOG.warn(
          "bucket \"{}\" is no longer under buckets: the {} captures ({}) that wait in {} are still"
              + " shipped to it, or expire; delete the folder to give them up",
          bucket,
          state.waiting(),
          state.used(),
          left);
    } catch (IOException e) {
      LOG.warn(
          "bucket \"{}\" is no longer under buckets, and what it left in {} cannot be opened: {}",
          bucket,
          left,
          e.getMessage());
    }
  }
}
