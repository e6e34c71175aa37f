package dev.weir.proxy.source;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.FileToRead;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A streaming reverse proxy in front of a service. */
public final class HttpSource {
  private HttpSource() {}

  /** {@code type: http}. */
  public static final class Type implements SourceType {
    @Override
    public String type() {
      return "http";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: http}.
   *
   * @param to the service
   * @param bodyLimit how much of a body is captured; the service gets all of it
   * @param response how much of the answer is captured
   * @param session what must stay in order in a replay
   * @param forwarded which headers tell the service who its client was
   * @param include captures only what matches one of these; empty: everything
   * @param exclude captures nothing that matches one of these
   */
  public record Config(
      String name,
      ListenAddress listen,
      Origin to,
      List<BucketName> buckets,
      @Default("1MB") ByteSize bodyLimit,
      @Default("none") Recorded response,
      @Default("connection") RequestKey session,
      @Default("none") Forwarded forwarded,
      List<Match> include,
      List<Match> exclude,
      Sample sample,
      @FileToRead List<Path> scripts)
      implements SourceConfig {

    public Config {
      buckets = List.copyOf(buckets);
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
      scripts = List.copyOf(scripts);
      new Check()
          .that(!buckets.isEmpty(), "buckets", "no bucket to put captures in")
          .that(
              session.kind() != RequestKey.Kind.SESSION,
              "session",
              "write connection, cookie:NAME or header:NAME")
          .end();
    }

    @Override
    public Source open(SourceContext context) {
      throw new UnsupportedOperationException("http");
    }
  }

  /** How much of an answer is captured. */
  public enum Recorded {
    NONE,
    HEADERS,
    BODY
  }

  /** Which headers tell a service who its client was. */
  public enum Forwarded {
    NONE,
    X_FORWARDED,
    FORWARDED
  }

  /**
   * Requests that have all of this; a part that is not set matches every request.
   *
   * @param method one of these; empty: any
   * @param path with {@code *} for any text, such as {@code /api/*}
   * @param header {@code Name: value}, or {@code Name} for any value
   */
  public record Match(
      List<String> method, @Nullable String path, @Nullable String header) {
    public Match {
      method = List.copyOf(method);
      new Check()
          .that(
              !method.isEmpty() || path != null || header != null,
              "method",
              "says nothing: set method, path or header")
          .that(
              path == null || path.startsWith("/") || path.startsWith("*"),
              "path",
              "a path begins with / or *")
          .end();
    }
  }

  /**
   * The share of requests that is captured, chosen so that what has one key is captured whole.
   *
   * @param percent 0 to 100
   */
  public record Sample(
      @Default("100") double percent, @Default("session") RequestKey by) {
    public Sample {
      new Check()
          .that(percent >= 0 && percent <= 100, "percent", "must be 0 to 100")
          .that(
              by.kind() != RequestKey.Kind.CONNECTION,
              "by",
              "write session, cookie:NAME or header:NAME")
          .end();
    }
  }
}
