package dev.weir.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.config.ConfigException;
import dev.weir.config.ConfigLoader;
import dev.weir.config.RelayConnection;
import dev.weir.ledger.LossReason;
import dev.weir.script.trial.HarFile;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.CaptureJson;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Report;
import dev.weir.wire.Settlement;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes over the wire or out of a file, changed at random. */
class DecodersFuzzTest {
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(8);
  private static final RunId RUN = new RunId("0123456789abcdef0123456789abcdef");

  private static byte[] fixture(String name) {
    try (InputStream in = DecodersFuzzTest.class.getResourceAsStream("/fixtures/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> captures() {
    return List.of(fixture("capture-full.cbor"), fixture("capture-from-the-future.cbor"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void capturesOnDisk() throws Exception {
    Fuzz.of("CaptureCodec", captures(), MalformedException.class).run(bytes -> {
      var capture = CaptureCodec.decode(bytes);
      assertThat(CaptureCodec.decode(CaptureCodec.encode(capture))).isEqualTo(capture);
      assertThat(
              CaptureJson.readCapture(Json.MAPPER.readTree(Json.write(CaptureJson.write(capture))))
                  .request()
                  .target())
          .isNotNull();
    });
  }

  @Test
  void shippedBatches() throws Exception {
    List<Entry> entries = List.of(
        new Frame(7, fixture("capture-from-the-future.cbor")),
        new Gap(8, 1000, LossReason.EVICTED),
        new Frame(1001, new byte[300]));
    Fuzz.of("shipped", List.of(BatchCodec.encodeShipped(entries)), MalformedException.class)
        .run(bytes -> {
          List<Entry> decoded = BatchCodec.decodeShipped(bytes, 10_000);
          byte[] again = BatchCodec.encodeShipped(decoded);
          assertThat(BatchCodec.encodeShipped(BatchCodec.decodeShipped(again))).isEqualTo(again);
        });
  }

  @Test
  void leasedBatches() throws Exception {
    List<LeasedCapture> leased = List.of(
        new LeasedCapture(1, new CaptureId(RUN, 9), 1, fixture("capture-from-the-future.cbor")),
        new LeasedCapture(2, new CaptureId(RUN, 10, 3), 4, 500, new byte[9]));
    Fuzz.of("leased", List.of(BatchCodec.encodeLeased(leased)), MalformedException.class)
        .run(bytes -> {
          byte[] again = BatchCodec.encodeLeased(BatchCodec.decodeLeased(bytes));
          assertThat(BatchCodec.encodeLeased(BatchCodec.decodeLeased(again))).isEqualTo(again);
        });
  }

  @Test
  void zstdFrames() throws Exception {
    List<byte[]> frames = List.of(
        Zstd.compress(new byte[100_000]),
        Zstd.compress(fixture("capture-full.cbor")),
        Zstd.compress(new byte[0]));
    Fuzz.of("Zstd", frames, MalformedException.class)
        .run(bytes -> assertThat(Zstd.decompress(bytes, LIMIT)).hasSizeLessThan(8 << 20));
  }

  @Test
  void callsOfPlayers() throws Exception {
    List<byte[]> calls = List.of(
        text(
            "{\"group\":\"g\",\"player\":\"p\",\"order\":\"none\",\"max\":1,\"maxBytes\":1,\"leaseMs\":1}"));
    Fuzz.of("LeaseRequest", calls, MalformedException.class)
        .run(bytes -> Json.read(bytes, LeaseRequest.class));
    List<byte[]> words =
        List.of(text("{\"delivered\":[{\"from\":1,\"through\":9}],\"retry\":[{\"offset\":3,"
            + "\"afterMs\":100,\"reason\":\"503\"}],\"dead\":[{\"offset\":4,\"reason\":\"x\",\"status\":500,"
            + "\"answer\":\"AAAA\"}],\"released\":[{\"from\":5,\"through\":6}],\"done\":true}"));
    Fuzz.of("Settlement", words, MalformedException.class)
        .run(bytes -> Json.read(bytes, Settlement.class).singles());
  }

  @Test
  void reports() throws Exception {
    List<byte[]> reports = List.of(
        text(
            "{\"proxy\":{\"proxy\":\"p\",\"instance\":\"i\",\"directory\":\"d\","
                + "\"version\":\"1\",\"captured\":10,\"filtered\":{\"a\":1},\"lost\":{\"crash\":2},\"refused\":1,"
                + "\"buckets\":[{\"bucket\":\"b\",\"numbered\":1,\"state\":\"idle\",\"lost\":{},\"runs\":[{\"run\":\"r\"}]}],"
                + "\"health\":{\"a\":\"b\"},\"scripts\":{\"s\":[{\"script\":\"x\",\"dropped\":{\"a\":1}}]}}}"));
    Fuzz.of("Report", reports, MalformedException.class).run(bytes -> {
      Report report = Json.read(bytes, Report.class);
      Json.write(report.timeless());
    });
  }

  @Test
  void configuration() throws Exception {
    List<byte[]> files = List.of(
        text("url: &u https://relay.example:7070\ntoken: ${TOKEN:-x}\ntls: {ca: ca.pem}\n"),
        text("url: &u 'https://relay.example'\ntoken: *u\n# end\n"),
        text("{\"url\": \"http://[::1]:80\", \"token\": \"\\u0061\"}"));
    ConfigLoader loader = ConfigLoader.elsewhere(name -> "variable");
    Fuzz.of("ConfigLoader", files, ConfigException.class)
        .run(bytes ->
            loader.parse(new String(bytes, StandardCharsets.UTF_8), RelayConnection.class));
  }

  @Test
  void httpArchives(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.har");
    List<byte[]> archives =
        List.of(text("{\"log\":{\"entries\":[{\"startedDateTime\":\"2026-01-02T03:04:05.678Z\","
            + "\"time\":12.5,\"connection\":\"1\",\"request\":{\"method\":\"POST\",\"url\":\"https://a:1/b?c#d\","
            + "\"httpVersion\":\"HTTP/2\",\"headers\":[{\"name\":\":path\",\"value\":\"x\"},{\"name\":\"A\",\"value\":\"b\"}],"
            + "\"postData\":{\"text\":\"AAAA\",\"encoding\":\"base64\"}},\"response\":{\"status\":200,\"headers\":[],"
            + "\"content\":{\"text\":\"hi\"}}}]}}"));
    Fuzz.of("HarFile", archives, IOException.class).run(bytes -> {
      Files.write(file, bytes);
      HarFile.read(file).forEach(CaptureCodec::encode);
    });
  }
}
