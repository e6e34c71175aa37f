package dev.weir.relay;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.FolderToWrite;
import dev.weir.config.ServerTls;
import dev.weir.script.ScriptSettings;
import dev.weir.spool.SpoolSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Sha256;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code relay.yaml} says.
 *
 * @param name a label for people
 * @param listen where proxies and players come
 * @param admin page, health, metrics and operations
 * @param createBuckets whether a bucket appears on first use, with the defaults of {@link Bucket}
 * @param tokens who may do what; none: everybody, which only a listener on loopback allows
 */
public record RelayConfig(
    @Default("${HOSTNAME}") String name,
    @Default("127.0.0.1:7070") ListenAddress listen,
    @Default("127.0.0.1:7071") ListenAddress admin,
    @FolderToWrite Path data,
    @Default("false") boolean createBuckets,
    @Nullable ServerTls tls,
    List<Token> tokens,
    Map<BucketName, Bucket> buckets) {

  public RelayConfig {
    tokens = List.copyOf(tokens);
    buckets = Map.copyOf(buckets);
    Check check = new Check();
    checkReach(check, "listen", listen, tokens);
    checkReach(check, "admin", admin, tokens);
    check.that(
        !listen.clashesWith(admin), "admin", "clashes with listen (" + listen + ")", "listen");
    check.that(
        createBuckets || !buckets.isEmpty(),
        "buckets",
        "no bucket: name one under buckets, or set create-buckets: true");
    for (int i = 0; i < tokens.size(); i++) {
      for (int j = 0; j < tokens.get(i).roles().size(); j++) {
        BucketName bucket = tokens.get(i).roles().get(j).bucket();
        check.that(
            createBuckets || bucket == null || buckets.containsKey(bucket),
            "tokens[" + i + "].roles[" + j + "]",
            "there is no bucket \"" + bucket + "\" under buckets",
            "buckets");
      }
    }
    check.end();
  }

  private static void checkReach(
      Check check, String key, ListenAddress address, List<Token> tokens) {
    check.that(address.isLoopback() || !tokens.isEmpty(), key, openTo(address), "tokens");
  }

  /** Says that strangers could come to this address. */
  static String openTo(ListenAddress address) {
    return address + " can be reached from other machines, so the relay needs tokens: run"
        + " `weir token new` and put what it prints under tokens";
  }

  /**
   * Somebody who may do something. Several of one name may live at once, so that a token can be
   * replaced without a gap.
   *
   * @param expires from then on it is no token any more; null: never
   */
  public record Token(
      String name,
      Sha256 sha256,
      List<Grant> roles,
      @Nullable Instant expires) {
    public Token {
      roles = List.copyOf(roles);
      new Check()
          .that(!roles.isEmpty(), "roles", "a token without roles may do nothing")
          .end();
    }
  }

  /**
   * One queue.
   *
   * @param maxBytes on disk, everything included
   * @param maxAge from arrival in this bucket
   * @param minFreeDisk below it the bucket behaves as full
   * @param groups that are there from the start; none: {@code default}, until another is asked for
   * @param scripts hooks to run on what arrives, in order
   */
  public record Bucket(
      @Default("1GB") ByteSize maxBytes,
      @Default("7d") Duration maxAge,
      @Default("reject") WhenFull whenFull,
      @Default("until-delivered") Keep keep,
      @Default("256MB") ByteSize minFreeDisk,
      Map<GroupName, Group> groups,
      Dead dead,
      List<ScriptSettings> scripts) {
    private static final ByteSize SMALLEST =
        SpoolSettings.LEAST_BYTES; // before DEFAULTS, which need it

    /** What a bucket has where nothing is said. */
    public static final Bucket DEFAULTS = new Bucket(
        ByteSize.ofMegabytes(1024),
        Duration.ofDays(7),
        WhenFull.REJECT,
        Keep.UNTIL_DELIVERED,
        ByteSize.ofMegabytes(256),
        Map.of(),
        new Dead(ByteSize.ofMegabytes(256)),
        List.of());

    public Bucket {
      groups = Map.copyOf(groups);
      scripts = List.copyOf(scripts);
      new Check()
          .that(
              maxBytes.compareTo(SMALLEST) >= 0,
              "max-bytes",
              "a bucket needs " + SMALLEST.exact() + " or more")
          .that(!maxAge.isZero(), "max-age", "must be more than nothing")
          .end();
    }
  }

  /** What a full bucket does with a batch. */
  public enum WhenFull {
    /** Refuses it: the proxy keeps it and tries again. */
    REJECT,
    /** Drops the oldest captures, counted as lost. */
    DROP_OLDEST
  }

  /** Where a group begins to read when it first appears. */
  public enum Start {
    OLDEST,
    NEWEST
  }

  /** A reader of the bucket that exists from the start. */
  public record Group(@Default("oldest") Start start) {}

  /** Where captures that could not be replayed are kept. */
  public record Dead(@Default("256MB") ByteSize maxBytes) {}
}
