package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Peek;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look into a bucket. */
class PeekTest {
  private static final RunId RUN = RunId.random();
  private static final long MUCH = 1 << 20;

  @TempDir
  private Path data;

  private TestRelay relay;

  @BeforeEach
  void start() throws IOException {
    relay = TestRelay.start(data);
    relay
        .ship(
            "shop",
            RUN,
            0,
            List.of(
                new Frame(1, Samples.capture("a")),
                new Gap(2, 4, LossReason.EVICTED),
                new Frame(5, Samples.capture("b")),
                new Frame(6, Samples.capture("c"))))
        .close();
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private List<LeasedCapture> peek(Peek peek) throws IOException {
    try (Response response = relay
        .client()
        .newCall(relay.post(Protocol.peekPath("shop"), Json.write(peek)).build())
        .execute()) {
      assertThat(response.code()).isEqualTo(200);
      return BatchCodec.decodeLeased(
          Zstd.decompress(response.body().bytes(), ByteSize.ofMegabytes(64)));
    }
  }

  @Test
  void showsWhatIsThereAndChangesNothing() throws Exception {
    String before = groups();

    List<LeasedCapture> seen = peek(new Peek(1, 10, MUCH));

    assertThat(seen)
        .extracting(LeasedCapture::id)
        .containsExactly(new CaptureId(RUN, 1), new CaptureId(RUN, 5), new CaptureId(RUN, 6));
    assertThat(seen.get(1).bytes()).isEqualTo(Samples.capture("b"));
    assertThat(groups()).isEqualTo(before);
    assertThat(relay.lease("shop", 10, 0).captures()).hasSize(3);
    assertThat(peek(new Peek(1, 10, MUCH))).as("leased or not").hasSize(3);
  }

  private String groups() throws IOException {
    return Json.MAPPER
        .readTree(relay.get("/v1/stats"))
        .at("/buckets/0/groups")
        .findValues("leased")
        .toString();
  }

  @Test
  void goesOnFromAnyPosition() throws Exception {
    List<LeasedCapture> first = peek(new Peek(1, 2, MUCH));
    assertThat(first).hasSize(2);
    assertThat(peek(new Peek(first.get(1).offset() + 1, 2, MUCH)))
        .extracting(LeasedCapture::id)
        .containsExactly(new CaptureId(RUN, 6));
    assertThat(peek(new Peek(1_000, 2, MUCH))).isEmpty();
  }

  @Test
  void showsOneCaptureHoweverLargeAndNoMoreThanWasAskedFor() throws Exception {
    assertThat(peek(new Peek(1, 10, 1))).hasSize(1);
    assertThat(peek(new Peek(1, Integer.MAX_VALUE, Long.MAX_VALUE))).hasSize(3);
  }

  @Test
  void stopsAtItsOwnBoundsWhateverIsAskedFor() throws Exception {
    byte[] large = Samples.capture("x".repeat(500_000));
    relay
        .ship(
            "shop", RUN, 6, List.of(new Frame(7, large), new Frame(8, large), new Frame(9, large)))
        .close();

    List<LeasedCapture> seen = peek(new Peek(1, Integer.MAX_VALUE, Long.MAX_VALUE));

    assertThat(seen.stream().mapToLong(each -> each.bytes().length).sum())
        .isLessThanOrEqualTo(Peek.MAX_BYTES);
    assertThat(seen).hasSizeGreaterThan(3).hasSizeLessThan(6);
  }

  @Test
  void makesNoBucketAndRefusesNonsense() throws Exception {
    assertThat(status("other", Json.text(new Peek(1, 1, 1)))).isEqualTo(404);
    assertThat(relay.get("/v1/stats")).doesNotContain("\"other\"");
    assertThat(status("shop", "{\"from\": 0, \"max\": 1, \"maxBytes\": 1}")).isEqualTo(400);
    assertThat(status("shop", "{}")).isEqualTo(400);
  }

  private int status(String bucket, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (Response response = relay
        .client()
        .newCall(relay.post(Protocol.peekPath(bucket), bytes).build())
        .execute()) {
      return response.code();
    }
  }
}
