package dev.weir.e2e;

import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/** The configuration files of a line's roles. */
final class Settings {
  static final String SOURCE = "front";
  private static final String BUCKET = "shop";
  private static final Duration BEYOND_TIMEOUT = Duration.ofSeconds(5);

  private Settings() {}

  static String relay(Path data, String listen, String admin, ByteSize bucket) {
    return """
        data: %s
        listen: "%s"
        admin: "%s"
        buckets:
          %s: {max-bytes: %s, min-free-disk: 0B}
        """.formatted(data, listen, admin, BUCKET, bucket.exact());
  }

  static String proxy(
      Path data, String listen, String admin, String relay, String source, ByteSize spool) {
    return """
        data: %s
        admin: "%s"
        relay: {url: %s}
        sources:
          - {name: %s, listen: "%s", buckets: [%s], type: %s}
        buckets:
          %s: {max-bytes: %s, min-free-disk: 0B}
        """.formatted(data, admin, relay, SOURCE, listen, BUCKET, source, BUCKET, spool.exact());
  }

  /** Tries again soon: what is tested is that it does, not how patient it is. */
  static String player(
      Path data, String admin, String relay, String target, Duration timeout, boolean lines) {
    String replays = """
        name: %s
        data: %s
        admin: "%s"
        relay: {url: %s}
        replays:
          - bucket: %s
            lease: %sms
            retry: {min-delay: 100ms, max-delay: 1s}
            target: {type: http, to: %s, timeout: %sms}
        """.formatted(
            data.getFileName(),
            data,
            admin,
            relay,
            BUCKET,
            timeout.plus(BEYOND_TIMEOUT).toMillis(),
            target,
            timeout.toMillis());
    return lines ? replays + lines(data) : replays;
  }

  private static String lines(Path data) {
    return """
          - bucket: %s
            group: files
            lease: 15s
            target: {type: file, path: %s/lines.jsonl, max-bytes: 1MB, max-files: 1000}
        """.formatted(BUCKET, data);
  }
}
