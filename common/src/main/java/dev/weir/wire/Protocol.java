package dev.weir.wire;

/** Paths, header names and media types that the roles agree on. See docs/reference/protocol.md. */
public final class Protocol {
  public static final String CBOR_SEQUENCE = "application/cbor-seq";
  public static final String JSON = "application/json";
  public static final String ZSTD = "zstd";

  /** The run whose captures a batch holds. */
  public static final String RUN = "Weir-Run";

  /** The proxy's name, percent-encoded: a label, never an identity. */
  public static final String PROXY = "Weir-Proxy";

  /** The highest number of the run that the proxy was ever told is stored; 0 for none. */
  public static final String ACKED = "Weir-Acked";

  /** The id of the lease that an answer grants; absent where it grants none. */
  public static final String LEASE = "Weir-Lease";

  private Protocol() {}

  public static String capturesPath(Object bucket) {
    return bucketPath(bucket, "captures");
  }

  public static String leasesPath(Object bucket) {
    return bucketPath(bucket, "leases");
  }

  public static String peekPath(Object bucket) {
    return bucketPath(bucket, "peek");
  }

  public static String settlePath(String lease) {
    return "/v1/leases/" + lease + "/settle";
  }

  public static String extendPath(String lease) {
    return "/v1/leases/" + lease + "/extend";
  }

  public static final String REPORTS_PATH = "/v1/reports";

  /** On the {@code admin} listener of every role. */
  public static final String RELOAD_PATH = "/v1/reload";

  public static String deadListPath(Object bucket) {
    return bucketPath(bucket, "dead/list");
  }

  public static String deadShowPath(Object bucket) {
    return bucketPath(bucket, "dead/show");
  }

  public static String deadRedrivePath(Object bucket) {
    return bucketPath(bucket, "dead/redrive");
  }

  public static String deadPurgePath(Object bucket) {
    return bucketPath(bucket, "dead/purge");
  }

  public static String pausePath(Object bucket) {
    return bucketPath(bucket, "pause");
  }

  public static String resumePath(Object bucket) {
    return bucketPath(bucket, "resume");
  }

  public static String rewindPath(Object bucket) {
    return bucketPath(bucket, "rewind");
  }

  public static String purgePath(Object bucket) {
    return bucketPath(bucket, "purge");
  }

  public static String forgetPath(Object bucket) {
    return bucketPath(bucket, "forget");
  }

  private static String bucketPath(Object bucket, String what) {
    return "/v1/buckets/" + bucket + "/" + what;
  }
}
