package dev.weir.cli;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.config.RelayConnection;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.script.trial.ScriptTrial;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Peek;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a bucket of a running relay holds, page by page and oldest first; changes nothing there. */
final class BucketCaptures implements ScriptTrial.Captures {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One capture may be larger than a page. */
  private static final ByteSize LARGEST_PAGE = ByteSize.ofMegabytes(256);

  private static final Headers ASKS = Headers.of("Content-Type", Protocol.JSON)
      .with("Accept", Protocol.CBOR_SEQUENCE)
      .with("Accept-Encoding", Protocol.ZSTD);

  private final RelayConnection relay;
  private final BucketName bucket;
  private final int most;

  /** @param most captures to look at */
  BucketCaptures(RelayConnection relay, BucketName bucket, int most) {
    this.relay = relay;
    this.bucket = bucket;
    this.most = most;
  }

  /** The relay gave no answer. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1;

    Unreachable(String message) {
      super(message);
    }
  }

  @Override
  public void forEach(ScriptTrial.Visitor each) throws IOException {
    try (RelayClient client = RelayClient.open(relay)) {
      long next = 1;
      int left = most;
      while (left > 0) {
        List<LeasedCapture> page = page(client, new Peek(next, left, Peek.MAX_BYTES));
        if (page.isEmpty()) {
          return;
        }
        for (LeasedCapture one : page) {
          each.visit(capture(one), one.id());
        }
        left -= page.size();
        next = page.get(page.size() - 1).offset() + 1;
      }
    }
  }

  private static final String NO_RELAY =
      "not the words of a relay; expected the address of its listener for players";

  private List<LeasedCapture> page(RelayClient client, Peek peek) throws IOException {
    Reply reply = client
        .post(Protocol.peekPath(bucket), ASKS, Json.write(peek), PATIENCE, LARGEST_PAGE)
        .join();
    if (reply instanceof Reply.Unreachable gone) {
      throw new Unreachable("relay " + relay.url() + " cannot be reached: " + gone.reason());
    }
    Reply.Answer answer = (Reply.Answer) reply;
    if (answer.status() != 200) {
      String error = Problem.errorIn(answer.body());
      throw new IOException("relay " + relay.url() + " answered " + answer.status() + ": "
          + (error == null ? NO_RELAY : error));
    }
    try {
      boolean packed = Protocol.ZSTD.equalsIgnoreCase(answer.headers().get("Content-Encoding"));
      return BatchCodec.decodeLeased(
          packed ? Zstd.decompress(answer.body(), LARGEST_PAGE) : answer.body());
    } catch (MalformedException e) {
      throw new IOException("relay " + relay.url() + ": makes no sense: " + e.getMessage(), e);
    }
  }

  private Capture capture(LeasedCapture one) throws IOException {
    try {
      return CaptureCodec.decode(one.bytes());
    } catch (MalformedException e) {
      throw new IOException(
          "bucket \"" + bucket + "\": " + one.id() + " is no capture: " + e.getMessage(), e);
    }
  }
}
