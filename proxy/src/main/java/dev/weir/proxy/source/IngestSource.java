package dev.weir.proxy.source;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.FileToRead;
import dev.weir.config.Secret;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An endpoint that takes requests and answers them itself, once they are durable. */
public final class IngestSource {
  private IngestSource() {}

  /** {@code type: ingest}. */
  public static final class Type implements SourceType {
    @Override
    public String type() {
      return "ingest";
    }

    @Override
    public Class<Config> config() {
      return Config.class;
    }
  }

  /**
   * What stands beside {@code type: ingest}.
   *
   * @param token senders must show it as a bearer token; none: everybody may send
   * @param bodyLimit larger requests are refused with 413
   */
  public record Config(
      String name,
      ListenAddress listen,
      List<BucketName> buckets,
      @Nullable Secret token,
      Answer answer,
      @Default("1MB") ByteSize bodyLimit,
      @FileToRead List<Path> scripts)
      implements SourceConfig {

    public Config {
      buckets = List.copyOf(buckets);
      scripts = List.copyOf(scripts);
      new Check()
          .that(!buckets.isEmpty(), "buckets", "no bucket to put captures in")
          .end();
    }

    @Override
    public Source open(SourceContext context) {
      throw new UnsupportedOperationException("ingest");
    }
  }

  /** What the sender gets once the capture is durable. */
  public record Answer(
      @Default("202") int status,
      @Default("") String body,
      @Default("text/plain") String contentType) {
    public Answer {
      new Check()
          .that(status >= 200 && status <= 299, "status", "must be 200 to 299")
          .end();
    }
  }
}
