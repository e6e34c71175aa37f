package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.http.Refusal;
import dev.weir.http.TlsFiles;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.SourceName;
import dev.weir.wiretest.HugeBody;
import dev.weir.wiretest.Wire;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gigabyte in one request: production gets it all, and the proxy keeps what it is to keep. */
@Timeout(60)
class HugeBodyTest {
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final int LIMIT = 1 << 20;
  private static final long LITTLE = 24 << 20;

  @TempDir
  private Path data;

  @ParameterizedTest(name = "chunked: {0}")
  @ValueSource(booleans = {false, true})
  void productionGetsAllOfItAndTheCaptureItsBeginning(boolean chunked) throws Exception {
    try (Rig rig = Rig.plan(data).bodyLimit(LIMIT).start()) {
      long before = HugeBody.memory();
      AtomicLong halfway = new AtomicLong();
      Wire client =
          rig.client().send("POST /upload HTTP/1.1¶Host: a¶" + HugeBody.header(chunked) + "¶");
      CompletableFuture<Long> sent = HugeBody.send(client, chunked);
      Wire upstream = rig.upstream();
      assertThat(upstream.head()).startsWith("POST /upload HTTP/1.1¶");
      long received =
          HugeBody.receive(upstream, chunked, () -> halfway.set(HugeBody.memory() - before));

      upstream.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
      assertThat(received).isEqualTo(sent.get(10, TimeUnit.SECONDS));
      assertThat(halfway.get()).as("held meanwhile").isLessThan(LITTLE);
      Body captured = rig.intake.next().request().body();
      assertThat(captured.bytes()).hasSize(LIMIT);
      assertThat(captured.length()).isEqualTo(HugeBody.LENGTH);
      assertThat(rig.source.refusals().byReason().values()).containsOnly(0L);
    }
  }

  @ParameterizedTest(name = "chunked: {0}")
  @ValueSource(booleans = {false, true})
  void ingestRefusesItAndTakesNothingOfIt(boolean chunked) throws Exception {
    RecordingIntake intake = new RecordingIntake();
    try (IngestSource ingest = ingest()) {
      ingest.start(intake);
      long before = HugeBody.memory();
      try (Wire client = Wire.to(ingest.address())) {
        client.send("POST /upload HTTP/1.1¶Host: a¶" + HugeBody.header(chunked) + "¶");
        CompletableFuture<Long> sent = HugeBody.send(client, chunked);
        assertThat(client.head()).startsWith("HTTP/1.1 413 ");
        sent.handle((crc, brokenOff) -> 0).get(10, TimeUnit.SECONDS);
        assertThat(HugeBody.memory() - before).isLessThan(LITTLE);
      }
      assertThat(intake.waiting()).isZero();
      assertThat(ingest.refusals().of(Refusal.TOO_LARGE)).isEqualTo(1);
    }
  }

  private IngestSource ingest() {
    return new IngestSource.Config(
            new SourceName("hooks"),
            ListenAddress.parse("127.0.0.1:0"),
            null,
            List.of(new BucketName("hooks")),
            null,
            new IngestSource.Answer(202, "", "text/plain"),
            new ByteSize(LIMIT),
            new ClientLimits(100, ByteRate.parse("1KB/s")),
            List.of())
        .open(new SourceContext("web-1", data, new TlsFiles(), InstantSource.system()));
  }
}
