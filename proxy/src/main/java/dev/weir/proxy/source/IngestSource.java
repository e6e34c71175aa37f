package dev.weir.proxy.source;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.Secret;
import dev.weir.config.ServerTls;
import dev.weir.http.Budget;
import dev.weir.http.Refusals;
import dev.weir.http.Tls;
import dev.weir.proxy.http.ReverseProxy;
import dev.weir.script.ScriptSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Sha256;
import dev.weir.unit.SourceName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An endpoint that takes requests and answers them itself, once they are durable. */
public final class IngestSource implements Source {
  /** What the heads and bodies of all requests under way may take together; then 503. */
  private static final ByteSize COPIES = ByteSize.ofMegabytes(64);

  private final Config config;
  private final SourceContext context;
  private final Refusals refusals = new Refusals();
  private volatile @Nullable ReverseProxy server;

  IngestSource(Config config, SourceContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start(Intake intake) throws IOException {
    Sessions sessions = new Sessions(RequestKey.parse("connection"), new byte[1]);
    Ingestion.Plan plan = new Ingestion.Plan(
        config.name.value(),
        config.token == null ? null : Sha256.of(config.token.reveal()),
        config.bodyLimit.bytes(),
        new Budget(COPIES),
        config.answer,
        intake,
        refusals);
    Tls.Server tls = config.tls == null ? null : context.tls().server(config.tls);
    ReverseProxy opened = new ReverseProxy(
        new ReverseProxy.Setup(config.listen.resolve(), tls, null),
        (head, peer) ->
            new Ingestion(plan, context.clock().instant(), sessions.of(head, peer), head, peer),
        config.clients.limits(),
        refusals);
    opened.start();
    server = opened;
  }

  @Override
  public InetSocketAddress address() {
    ReverseProxy running = server;
    if (running == null) {
      throw new IllegalStateException("source \"" + config.name + "\" is not started");
    }
    return running.address();
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public void close() {
    ReverseProxy running = server;
    if (running != null) {
      running.close();
    }
  }

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
   * @param tls how to prove itself; none: plain HTTP
   * @param token senders must show it as a bearer token; none: everybody may send
   * @param bodyLimit larger requests are refused with 413
   * @param clients what one client may take
   */
  public record Config(
      SourceName name,
      ListenAddress listen,
      @Nullable ServerTls tls,
      List<BucketName> buckets,
      @Nullable Secret token,
      Answer answer,
      @Default("1MB") ByteSize bodyLimit,
      ClientLimits clients,
      List<ScriptSettings> scripts)
      implements SourceConfig {

    public Config {
      buckets = List.copyOf(buckets);
      scripts = List.copyOf(scripts);
      new Check()
          .that(!buckets.isEmpty(), "buckets", "no bucket to put captures in")
          .end();
    }

    @Override
    public IngestSource open(SourceContext context) {
      return new IngestSource(this, context);
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
