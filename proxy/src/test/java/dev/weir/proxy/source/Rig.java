package dev.weir.proxy.source;

import dev.weir.config.ClientTls;
import dev.weir.config.ServerTls;
import dev.weir.http.TlsFiles;
import dev.weir.proxy.http.Forwarded;
import dev.weir.proxy.http.Silence;
import dev.weir.proxy.source.HttpSource.Match;
import dev.weir.proxy.source.HttpSource.Recorded;
import dev.weir.proxy.source.HttpSource.Sample;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.unit.SourceName;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** An {@link HttpSource} between a client and a service, both of them written by the test. */
final class Rig implements Closeable {
  final RecordingIntake intake = new RecordingIntake();
  final WireService service;
  final HttpSource source;
  private final List<Wire> wires = new ArrayList<>();

  private Rig(WireService service, HttpSource source) throws IOException {
    this.service = service;
    this.source = source;
    source.start(intake);
  }

  static Rig start(Path data) throws IOException {
    return new Plan(data).start();
  }

  static Plan plan(Path data) {
    return new Plan(data);
  }

  Wire client() throws IOException {
    return kept(Wire.to(source.address()));
  }

  /** The next connection that the proxy opens. */
  Wire upstream() throws IOException {
    return kept(service.accept());
  }

  private Wire kept(Wire wire) {
    wires.add(wire);
    return wire;
  }

  @Override
  public void close() throws IOException {
    for (Wire wire : wires) {
      wire.close();
    }
    service.close();
    source.close();
  }

  /** What a test wants other than usual. */
  static final class Plan {
    private final Path data;
    private Recorded response = Recorded.NONE;
    private Forwarded forwarded = Forwarded.NONE;
    private String session = "connection";
    private ByteSize bodyLimit = ByteSize.ofMegabytes(1);
    private List<Match> include = List.of();
    private List<Match> exclude = List.of();
    private Sample sample = new Sample(100, RequestKey.parse("session"));
    private ClientLimits clients = new ClientLimits(10_000, ByteRate.parse("1KB/s"));
    private WireService.Script script;
    private ServerTls tls;
    private Origin to;
    private ClientTls toTls;

    private Plan(Path data) {
      this.data = data;
    }

    Plan response(Recorded value) {
      response = value;
      return this;
    }

    Plan forwarded(Forwarded value) {
      forwarded = value;
      return this;
    }

    Plan session(String value) {
      session = value;
      return this;
    }

    Plan bodyLimit(long bytes) {
      bodyLimit = new ByteSize(bytes);
      return this;
    }

    Plan include(Match... value) {
      include = List.of(value);
      return this;
    }

    Plan exclude(Match... value) {
      exclude = List.of(value);
      return this;
    }

    Plan sample(double percent, String by) {
      sample = new Sample(percent, RequestKey.parse(by));
      return this;
    }

    Plan clients(int connections, String uploadRate) {
      clients = new ClientLimits(connections, ByteRate.parse(uploadRate));
      return this;
    }

    Plan tls(ServerTls value) {
      tls = value;
      return this;
    }

    /** In front of somebody else's service. */
    Plan to(Origin value, ClientTls trust) {
      to = value;
      toTls = trust;
      return this;
    }

    /** Has the service serve itself. */
    Plan service(WireService.Script value) {
      script = value;
      return this;
    }

    Rig start() throws IOException {
      WireService service = WireService.start(script);
      HttpSource source = new HttpSource.Config(
              new SourceName("web"),
              ListenAddress.parse("127.0.0.1:0"),
              tls,
              to == null ? Origin.parse("http://127.0.0.1:" + service.address().getPort()) : to,
              toTls,
              List.of(new BucketName("shop")),
              bodyLimit,
              response,
              RequestKey.parse(session),
              forwarded,
              include,
              exclude,
              sample,
              clients,
              Silence.USUAL,
              List.of())
          .open(new SourceContext("web-1", data, new TlsFiles(), InstantSource.system()));
      return new Rig(service, source);
    }
  }
}
