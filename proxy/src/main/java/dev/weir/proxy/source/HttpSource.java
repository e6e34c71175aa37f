package dev.weir.proxy.source;

import dev.weir.config.Check;
import dev.weir.config.ClientTls;
import dev.weir.config.Default;
import dev.weir.config.ServerTls;
import dev.weir.http.Budget;
import dev.weir.http.Refusals;
import dev.weir.http.Tls;
import dev.weir.loop.Ticker;
import dev.weir.proxy.http.Forwarded;
import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import dev.weir.proxy.http.ReverseProxy;
import dev.weir.proxy.http.Silence;
import dev.weir.script.ScriptSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.unit.SourceName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A streaming reverse proxy in front of a service, which captures what passes. */
public final class HttpSource implements Source {
  /**
   * What all recordings under way may take together: a body that gets nothing is cut, a request
   * whose head gets nothing is lost.
   */
  private static final ByteSize COPIES = ByteSize.ofMegabytes(64);

  private final Config config;
  private final SourceContext context;
  private final Refusals refusals = new Refusals();
  private volatile @Nullable ReverseProxy proxy;

  HttpSource(Config config, SourceContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start(Intake intake) throws IOException {
    SessionKeyFile keyFile = new SessionKeyFile(context.folder(config.name));
    Sessions sessions = new Sessions(config.session, keyFile.read());
    Selection selection = new Selection(config.include, config.exclude, config.sample, sessions);
    Recording.Plan plan = new Recording.Plan(
        config.name.value(),
        config.response,
        config.bodyLimit.bytes(),
        new Budget(COPIES),
        intake,
        Ticker.SYSTEM);
    Tls.Server tls = config.tls == null ? null : context.tls().server(config.tls);
    Tls.Client trust = config.to.isTls() ? context.tls().client(config.toTls) : null;
    ReverseProxy.Service service =
        new ReverseProxy.Service(config.to, trust, config.forwarded, config.silence);
    ReverseProxy opened = new ReverseProxy(
        new ReverseProxy.Setup(config.listen.resolve(), tls, service),
        (head, peer) -> observe(head, peer, intake, sessions, selection, plan),
        config.clients.limits(),
        refusals);
    opened.start();
    proxy = opened;
  }

  private @Nullable Recording observe(
      RequestHead head,
      Peer peer,
      Intake intake,
      Sessions sessions,
      Selection selection,
      Recording.Plan plan) {
    intake.begin();
    Recording recording = null;
    Intake.PassReason objection = null;
    try {
      String session = sessions.of(head, peer);
      objection = selection.objection(head, session);
      if (objection == null) {
        recording = Recording.begin(plan, context.clock().instant(), session, head, peer);
      }
      return recording;
    } finally {
      if (objection != null) {
        intake.pass(objection);
      } else if (recording == null) {
        intake.lose(); // for want of memory, or by an exception
      }
    }
  }

  @Override
  public InetSocketAddress address() {
    return started().address();
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public long failed() {
    return started().failed();
  }

  private ReverseProxy started() {
    ReverseProxy running = proxy;
    if (running == null) {
      throw new IllegalStateException("source \"" + config.name + "\" is not started");
    }
    return running;
  }

  @Override
  public void close() {
    ReverseProxy running = proxy;
    if (running != null) {
      running.close();
    }
  }

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
   * @param tls how to prove itself; none: plain HTTP
   * @param to the service
   * @param toTls how to trust a service that speaks TLS; none: as the JVM does
   * @param bodyLimit how much of a body is captured; the service gets all of it
   * @param response how much of the answer is captured
   * @param session what must stay in order in a replay
   * @param forwarded which headers tell the service who its client was
   * @param include captures only what matches one of these; empty: everything
   * @param exclude captures nothing that matches one of these
   * @param clients what one client may take
   * @param silence how long an exchange may stand still
   */
  public record Config(
      SourceName name,
      ListenAddress listen,
      @Nullable ServerTls tls,
      Origin to,
      @Nullable ClientTls toTls,
      List<BucketName> buckets,
      @Default("1MB") ByteSize bodyLimit,
      @Default("none") Recorded response,
      @Default("connection") RequestKey session,
      @Default("none") Forwarded forwarded,
      List<Match> include,
      List<Match> exclude,
      Sample sample,
      ClientLimits clients,
      Silence silence,
      List<ScriptSettings> scripts)
      implements SourceConfig {

    public Config {
      buckets = List.copyOf(buckets);
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
      scripts = List.copyOf(scripts);
      new Check()
          .that(!buckets.isEmpty(), "buckets", "no bucket to put captures in")
          .that(toTls == null || to.isTls(), "to-tls", "the service at " + to + " speaks no tls")
          .that(
              session.kind() != RequestKey.Kind.SESSION,
              "session",
              "write connection, cookie:NAME or header:NAME")
          .end();
    }

    @Override
    public int bodies() {
      return response == Recorded.BODY ? 2 : 1;
    }

    @Override
    public HttpSource open(SourceContext context) {
      return new HttpSource(this, context);
    }
  }

  /** How much of an answer is captured. */
  public enum Recorded {
    NONE,
    HEADERS,
    BODY
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
