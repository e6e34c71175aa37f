package dev.weir.relay.api;

import dev.weir.http.Answer;
import dev.weir.http.Budget;
import dev.weir.http.Routes;
import dev.weir.http.Routes.Demand;
import dev.weir.relay.bucket.Buckets;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Protocol;
import java.util.Map;

/** The routes of the listener for proxies and players. */
public final class Api {
  private static final ByteSize MAX_POLL = new ByteSize(16 << 10);
  private static final ByteSize MAX_SETTLEMENT = ByteSize.ofMegabytes(16);
  private static final ByteSize MAX_REPORT = ByteSize.ofMegabytes(1);

  private static final Demand SHIP = path -> "ship:" + bucketIn(path);
  private static final Demand REPLAY = path -> "replay:" + bucketIn(path);
  private static final Demand REPLAY_LEASED =
      path -> "replay:" + LeaseId.parse(idIn(path)).bucket();

  private Api() {}

  /**
   * @param inflated what batches under way may take together once they are inflated
   * @param leased what leases on their way to players may take together
   */
  public static Routes routes(
      Buckets buckets,
      LeaseId.Issuer issuer,
      Budget inflated,
      Budget leased,
      ReportsEndpoint reports) {
    return new Routes()
        .post(
            Protocol.capturesPath("{bucket}"),
            SHIP,
            BatchCodec.MOST_SHIPPED,
            new CapturesEndpoint(buckets, inflated))
        .post(
            Protocol.leasesPath("{bucket}"),
            REPLAY,
            MAX_POLL,
            new LeasesEndpoint(buckets, issuer, leased))
        .post(Protocol.peekPath("{bucket}"), REPLAY, MAX_POLL, new PeekEndpoint(buckets))
        .post(
            Protocol.settlePath("{lease}"),
            REPLAY_LEASED,
            MAX_SETTLEMENT,
            new SettleEndpoint(buckets, issuer))
        .post(
            Protocol.extendPath("{lease}"),
            REPLAY_LEASED,
            MAX_POLL,
            new ExtendEndpoint(buckets, issuer))
        .post(Protocol.REPORTS_PATH, Demand.KNOWN, MAX_REPORT, reports);
  }

  private static BucketName bucketIn(Map<String, String> path) {
    return new BucketName(path.getOrDefault("bucket", ""));
  }

  private static String idIn(Map<String, String> path) {
    return path.getOrDefault("lease", "");
  }

  static Answer noBucket(BucketName name) {
    return Answer.problem(404, "there is no bucket \"" + name + "\" here");
  }

  static Answer gone(LeaseId lease) {
    return Answer.problem(410, "lease " + lease + " is none of this relay's, or ended long ago");
  }
}
