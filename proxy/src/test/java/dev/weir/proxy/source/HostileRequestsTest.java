package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.capture.Capture;
import dev.weir.http.Refusal;
import dev.weir.http.Refusals;
import dev.weir.http.TlsFiles;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.unit.SourceName;
import dev.weir.wiretest.Corpus;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What both sources make of requests that mean harm: refused and counted, or seen by the service,
 * here of somebody else's making, as the same requests that were captured.
 */
@Timeout(60)
class HostileRequestsTest {
  private static final String GOOD =
      "POST /good HTTP/1.1¶Host: localhost¶Connection: close¶Content-Length: 4¶¶good";

  @TempDir
  static Path data;

  private static final List<String> SERVED = new CopyOnWriteArrayList<>();
  private static HttpServer service;
  private static Rig rig;
  private static final RecordingIntake TAKEN = new RecordingIntake();
  private static IngestSource ingest;

  static List<Corpus.Case> requests() throws IOException {
    return Corpus.requests();
  }

  @BeforeAll
  static void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", HostileRequestsTest::serve);
    service.start();
    Origin to = Origin.parse("http://127.0.0.1:" + service.getAddress().getPort());
    rig = Rig.plan(data).to(to, null).start();
    ingest = new IngestSource.Config(
            new SourceName("hooks"),
            ListenAddress.parse("127.0.0.1:0"),
            null,
            List.of(new BucketName("hooks")),
            null,
            new IngestSource.Answer(202, "", "text/plain"),
            new ByteSize(1000),
            new ClientLimits(100, ByteRate.parse("1KB/s")),
            List.of())
        .open(new SourceContext("web-1", data, new TlsFiles(), InstantSource.system()));
    ingest.start(TAKEN);
  }

  private static void serve(HttpExchange exchange) throws IOException {
    String body = Wire.text(exchange.getRequestBody().readAllBytes());
    SERVED.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @AfterAll
  static void stop() throws IOException {
    rig.close();
    ingest.close();
    service.stop(0);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void theProxyRefusesThemOrAgreesWithItsService(Corpus.Case hostile) throws Exception {
    SERVED.clear();
    send(hostile, rig.source);
    List<String> captured = captured(rig.intake);
    if (hostile.proxied().equals("pass")) {
      assertThat(SERVED).isNotEmpty().containsExactlyElementsOf(captured);
    } else {
      assertThat(SERVED).isEmpty();
      assertThat(captured).isEmpty();
    }
    assertThat(answer(rig.source, Wire.bytes(GOOD))).startsWith("HTTP/1.1 200 ");
    assertThat(SERVED).last().isEqualTo("POST /good good");
    rig.intake.next();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void ingestRefusesThemOrTakesThem(Corpus.Case hostile) throws Exception {
    send(hostile, ingest);
    assertThat(captured(TAKEN).isEmpty()).isNotEqualTo(hostile.proxied().equals("pass"));
    assertThat(answer(ingest, Wire.bytes(GOOD))).startsWith("HTTP/1.1 202 ");
    TAKEN.next();
  }

  private static void send(Corpus.Case hostile, Source to) throws IOException {
    long before = refused(to);
    String answer = answer(to, hostile.bytes());
    switch (hostile.proxied()) {
      case "pass" -> assertThat(answer).startsWith("HTTP/1.1 20");
      case "broken" -> assertThat(answer).isEmpty();
      default ->
        assertThat(answer)
            .startsWith("HTTP/1.1 " + hostile.proxied() + " ")
            .contains("Connection: close")
            .doesNotContain("HTTP/1.1 2");
    }
    assertThat(refused(to) - before).isEqualTo(hostile.proxied().equals("pass") ? 0 : 1);
  }

  private static long refused(Source source) {
    Refusals refusals = source.refusals();
    return refusals.of(Refusal.MALFORMED) + refusals.of(Refusal.TOO_LARGE);
  }

  private static String answer(Source to, byte[] bytes) throws IOException {
    try (Wire client = Wire.to(to.address())) {
      return client.send(bytes).end().rest();
    } catch (SocketException brokenOff) {
      return "";
    }
  }

  private static List<String> captured(RecordingIntake intake) throws Exception {
    List<String> requests = new ArrayList<>();
    while (intake.waiting() > 0) {
      Capture capture = intake.next();
      requests.add(capture.request().method() + " " + capture.request().target() + " "
          + Wire.text(capture.request().body().bytes()));
    }
    return requests;
  }
}
