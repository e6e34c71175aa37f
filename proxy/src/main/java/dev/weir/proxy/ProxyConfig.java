package dev.weir.proxy;

import dev.weir.config.AdminListener;
import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.FolderToWrite;
import dev.weir.config.RelayConnection;
import dev.weir.proxy.source.SourceConfig;
import dev.weir.spool.SpoolSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.unit.Rate;
import dev.weir.wire.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code proxy.yaml} says.
 *
 * @param name a label for people, never an identity
 * @param rate the most that the whole proxy ships
 * @param admin health, metrics and counters; null: none
 * @param buckets one spool and one shipper each
 */
public record ProxyConfig(
    @Default("${HOSTNAME}") String name,
    @FolderToWrite Path data,
    RelayConnection relay,
    ShipRate rate,
    Queue queue,
    @Nullable AdminListener admin,
    List<SourceConfig> sources,
    Map<BucketName, Bucket> buckets) {

  /** The most that a capture takes beside its bodies. */
  private static final ByteSize HEADS = new ByteSize(512 << 10);

  /** All that so many have in the books has room on a ledger page. */
  private static final int MOST_BUCKETS = 100;

  public ProxyConfig {
    sources = List.copyOf(sources);
    buckets = Map.copyOf(buckets);
    Check check = new Check();
    check.that(!sources.isEmpty(), "sources", "no source: a proxy without one captures nothing");
    check.that(
        buckets.size() <= MOST_BUCKETS,
        "buckets",
        "a proxy has at most " + MOST_BUCKETS + " buckets, not " + buckets.size());
    for (int i = 0; i < sources.size(); i++) {
      checkSource(check, i, sources, buckets, admin);
      checkBodies(check, "sources[" + i + "].body-limit", sources.get(i), queue);
    }
    check.end();
  }

  private static void checkSource(
      Check check,
      int index,
      List<SourceConfig> sources,
      Map<BucketName, Bucket> buckets,
      @Nullable AdminListener admin) {
    SourceConfig source = sources.get(index);
    String at = "sources[" + index + "]";
    for (int i = 0; i < source.buckets().size(); i++) {
      check.that(
          buckets.containsKey(source.buckets().get(i)),
          at + ".buckets[" + i + "]",
          "there is no bucket \"" + source.buckets().get(i) + "\" under buckets",
          "buckets");
    }
    ListenAddress listen = source.listen();
    check.that(
        listen == null || admin == null || !listen.clashesWith(admin.listen()),
        at + ".listen",
        "clashes with admin (" + admin + ")",
        "admin");
    checkLoops(check, index, sources, admin == null ? null : admin.listen());
    for (int i = 0; i < index; i++) {
      SourceConfig other = sources.get(i);
      ListenAddress taken = other.listen();
      check.that(
          !source.name().equals(other.name()),
          at + ".name",
          "there is a source \"" + source.name() + "\" already");
      check.that(
          listen == null || taken == null || !listen.clashesWith(taken),
          at + ".listen",
          "clashes with source \"" + other.name() + "\" (" + taken + ")",
          "sources[" + i + "].listen");
    }
  }

  /** What is too large for a place that it must pass would be lost each time it comes. */
  private static void checkBodies(Check check, String at, SourceConfig source, Queue queue) {
    ByteSize taken = mostOfBody(source, Protocol.MAX_BATCH);
    ByteSize queued = mostOfBody(source, queue.bytes());
    String loses = source.bodies() == 1
        ? "captures of it could be larger than "
        : "captures of it, the answer included, could be larger than ";
    check
        .that(
            source.bodyLimit().compareTo(taken) <= 0,
            at,
            loses + "the " + Protocol.MAX_BATCH.exact() + " that a relay takes: write "
                + taken.exact() + " or less")
        .that(
            source.bodyLimit().compareTo(queued) <= 0,
            at,
            loses + "queue.bytes (" + queue.bytes().exact() + "): write " + queued.exact()
                + " or less, or a larger queue",
            "queue");
  }

  private static ByteSize mostOfBody(SourceConfig source, ByteSize room) {
    return new ByteSize((room.bytes() - HEADS.bytes()) / source.bodies());
  }

  /** A source that asks this proxy would ask for ever. */
  private static void checkLoops(
      Check check, int index, List<SourceConfig> sources, @Nullable ListenAddress admin) {
    Origin to = sources.get(index).to();
    if (to == null) {
      return;
    }
    String at = "sources[" + index + "].to";
    check.that(
        admin == null || !admin.isReachedAt(to),
        at,
        "is this proxy's own admin listener (" + admin + ")",
        "admin");
    for (int i = 0; i < sources.size(); i++) {
      ListenAddress listen = sources.get(i).listen();
      check.that(
          listen == null || !listen.isReachedAt(to),
          at,
          "is where source \"" + sources.get(i).name() + "\" listens (" + listen
              + "): a request would go in a circle",
          "sources[" + i + "].listen");
    }
  }

  /** The most that goes to the relay; each null: no limit. */
  public record ShipRate(@Nullable Rate captures, @Nullable ByteRate bytes) {}

  /**
   * What waits in memory between the sources and the pipeline; beyond either bound captures are
   * lost, and counted.
   */
  public record Queue(
      @Default("50000") int captures, @Default("64MB") ByteSize bytes) {
    private static final int MOST = 10_000_000;
    private static final ByteSize SMALLEST = ByteSize.ofMegabytes(1);

    public Queue {
      new Check()
          .that(captures >= 1 && captures <= MOST, "captures", "must be 1 to " + MOST)
          .that(bytes.compareTo(SMALLEST) >= 0, "bytes", "must be " + SMALLEST.exact() + " or more")
          .end();
    }
  }

  /**
   * The spool of one bucket, and how fast it is shipped.
   *
   * @param maxBytes on disk, everything included
   * @param maxAge from arrival in this spool
   * @param minFreeDisk below it the spool behaves as full
   */
  public record Bucket(
      @Default("1GB") ByteSize maxBytes,
      @Default("7d") Duration maxAge,
      @Default("drop-oldest") WhenFull whenFull,
      @Default("256MB") ByteSize minFreeDisk,
      ShipRate rate) {
    private static final ByteSize SMALLEST = SpoolSettings.LEAST_BYTES;

    /** One that the file does not name: nothing is added to it, what it holds goes. */
    static final Bucket UNNAMED = new Bucket(
        ByteSize.ofMegabytes(1024),
        Duration.ofDays(7),
        WhenFull.DROP_OLDEST,
        ByteSize.ofMegabytes(256),
        new ShipRate(null, null));

    public Bucket {
      new Check()
          .that(
              maxBytes.compareTo(SMALLEST) >= 0,
              "max-bytes",
              "a spool needs " + SMALLEST.exact() + " or more")
          .that(!maxAge.isZero(), "max-age", "must be more than nothing")
          .end();
    }
  }

  /** Which captures a full spool loses, counted; production does not notice. */
  public enum WhenFull {
    DROP_OLDEST,
    DROP_NEWEST
  }
}
