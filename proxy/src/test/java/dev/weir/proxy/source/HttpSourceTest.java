package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers.Field;
import dev.weir.proxy.http.Forwarded;
import dev.weir.proxy.source.HttpSource.Recorded;
import dev.weir.proxy.source.HttpSource.Sample;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSourceTest {
  @TempDir
  Path data;

  private final RecordingIntake intake = new RecordingIntake();
  private WireService service;
  private HttpSource source;

  @BeforeEach
  void start() throws Exception {
    service = WireService.start();
    source = new HttpSource.Config(
            "web",
            ListenAddress.parse("127.0.0.1:0"),
            Origin.parse("http://127.0.0.1:" + service.address().getPort()),
            List.of(new BucketName("shop")),
            ByteSize.ofMegabytes(1),
            Recorded.NONE,
            RequestKey.parse("connection"),
            Forwarded.NONE,
            List.of(),
            List.of(),
            new Sample(100, RequestKey.parse("session")),
            List.of())
        .open(new SourceContext("web-1", data, InstantSource.system()));
    source.start(intake);
  }

  @AfterEach
  void stop() throws Exception {
    source.close();
    service.close();
  }

  @Test
  void passesARequestOnAndCapturesIt() throws Exception {
    try (Wire client = Wire.to(source.address())) {
      String request =
          "POST /a%2Fb/../c;d=1?q=+%20&& HTTP/1.1¶HOST: shop¶X-b: 1¶X-A: 2¶x-B: 3¶Content-Length: 5¶¶hello";
      client.send(request);
      Wire upstream = service.accept();
      assertThat(upstream.readAs(request)).isEqualTo(request);
      String answer = "HTTP/1.1 200 Fine¶Date: x¶Content-Length: 2¶¶ok";
      upstream.send(answer);
      assertThat(client.readAs(answer)).isEqualTo(answer);
      Capture capture = intake.next();
      assertThat(capture.request().target()).isEqualTo("/a%2Fb/../c;d=1?q=+%20&&");
      assertThat(capture.request().headers())
          .containsExactly(
              new Field("HOST", "shop"),
              new Field("X-b", "1"),
              new Field("X-A", "2"),
              new Field("x-B", "3"),
              new Field("Content-Length", "5"));
      assertThat(Wire.text(capture.request().body().bytes())).isEqualTo("hello");
      // and once more on the same two connections
      client.send("GET /2 HTTP/1.1¶Host: shop¶¶");
      assertThat(upstream.head()).isEqualTo("GET /2 HTTP/1.1¶Host: shop¶¶");
      upstream.send("HTTP/1.1 204 No Content¶¶");
      assertThat(client.head()).isEqualTo("HTTP/1.1 204 No Content¶¶");
      assertThat(intake.next().request().target()).isEqualTo("/2");
      assertThat(intake.begun()).isEqualTo(2);
      assertThat(service.connections()).isEqualTo(1);
    }
  }
}
