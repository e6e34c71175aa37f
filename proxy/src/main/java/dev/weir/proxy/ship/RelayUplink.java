package dev.weir.proxy.ship;

import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.http.RetryAfter;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Ships to a relay by HTTP. Only 422, and 413 for a single capture, reject for good: a firewall's
 * 403, or a relay of another version, must not lose one.
 */
public final class RelayUplink implements Uplink {
  private static final ByteSize MAX_ANSWER = new ByteSize(64 << 10);
  private static final Duration MAX_WAIT = Duration.ofMinutes(10);
  private static final int MAX_REASON = 200;

  private final Zstd.Packer packer = new Zstd.Packer();
  private final RelayClient client;
  private final String proxy;
  private final InstantSource clock;

  /**
   * @param proxy our name, a label
   * @param clock to judge a date in Retry-After by
   */
  public RelayUplink(RelayClient client, String proxy, InstantSource clock) {
    this.client = client;
    this.proxy = URLEncoder.encode(proxy, StandardCharsets.UTF_8).replace("+", "%20");
    this.clock = clock;
  }

  @Override
  public Attempt send(Shipment shipment, Duration atMost) throws InterruptedException {
    Buffer plain = new Buffer();
    BatchCodec.encodeShipped(shipment.entries(), plain);
    Buffer body = packer.pack(plain);
    long wireBytes = body.size();
    Headers headers = Headers.of(
        "Content-Type",
        Protocol.CBOR_SEQUENCE,
        "Content-Encoding",
        Protocol.ZSTD,
        Protocol.RUN,
        shipment.run().value(),
        Protocol.PROXY,
        proxy,
        Protocol.ACKED,
        Long.toString(shipment.acked()));
    CompletableFuture<Reply> reply =
        client.post(Protocol.capturesPath(shipment.bucket()), headers, body, atMost, MAX_ANSWER);
    try {
      if (reply.get() instanceof Reply.Answer answer) {
        return new Attempt(judge(shipment, answer), wireBytes);
      }
      Reply.Unreachable unreachable = (Reply.Unreachable) reply.get();
      return new Attempt(
          new Delivery.Failed("relay unreachable: " + brief(unreachable.reason()), null), 0);
    } catch (InterruptedException e) {
      reply.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a relay client answers failures as values", e);
    }
  }

  private Delivery judge(Shipment shipment, Reply.Answer answer) {
    try {
      return switch (answer.status()) {
        case 200 -> stored(shipment, Json.read(answer.body(), Stored.class));
        case 413 -> new Delivery.TooLarge(reason(answer));
        case 422 -> rejected(shipment, answer, Json.read(answer.body(), Problem.class));
        default -> failed(answer);
      };
    } catch (MalformedException e) {
      return new Delivery.Failed(
          "answered " + answer.status() + ", but not as a relay does: " + brief(e.getMessage()),
          null);
    }
  }

  private static Delivery stored(Shipment shipment, Stored stored) {
    if (stored.storedThrough() < shipment.first()) {
      return new Delivery.Failed(
          "answered 200, but stored through " + stored.storedThrough() + ", nothing of "
              + shipment.first() + " to " + shipment.last(),
          null);
    }
    Long pause = stored.pauseMs();
    return new Delivery.Stored(
        Math.min(stored.storedThrough(), shipment.last()),
        bounded(Duration.ofMillis(pause == null ? 0 : pause)));
  }

  private Delivery rejected(Shipment shipment, Reply.Answer answer, Problem problem) {
    Long seq = problem.seq();
    return seq != null && seq >= shipment.first() && seq <= shipment.last()
        ? new Delivery.Rejected(seq, brief(problem.error()))
        : failed(answer);
  }

  private Delivery failed(Reply.Answer answer) {
    Duration after = RetryAfter.parse(answer.headers().get("Retry-After"), clock.instant());
    return new Delivery.Failed(reason(answer), after == null ? null : bounded(after));
  }

  private static String reason(Reply.Answer answer) {
    try {
      return answer.status() + ": "
          + brief(Json.read(answer.body(), Problem.class).error());
    } catch (MalformedException e) {
      return "answered " + answer.status();
    }
  }

  /** Somebody else's words, fit for a line of a log and a page. */
  private static String brief(@Nullable String words) {
    String line = words == null ? "" : words.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + "\u2026" : line;
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }
}
