package dev.weir.proxy.ship;

import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Ships to a relay by HTTP. Only 422, and 413 for a single capture, reject for good: a firewall's
 * 403, or a relay of another version, must not lose one.
 */
public final class RelayUplink implements Uplink {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final ByteSize MAX_ANSWER = new ByteSize(64 << 10);
  private static final Duration MAX_WAIT = Duration.ofMinutes(10);

  private final RelayClient client;
  private final String proxy;

  /** @param proxy our name, a label */
  public RelayUplink(RelayClient client, String proxy) {
    this.client = client;
    this.proxy = proxy;
  }

  @Override
  public Delivery send(Shipment shipment) throws InterruptedException {
    byte[] body = Zstd.compress(BatchCodec.encodeShipped(shipment.entries()));
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
        client.post(Protocol.capturesPath(shipment.bucket()), headers, body, TIMEOUT, MAX_ANSWER);
    try {
      return judge(shipment, reply.get(), body.length);
    } catch (InterruptedException e) {
      reply.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a relay client answers failures as values", e);
    }
  }

  private static Delivery judge(Shipment shipment, Reply reply, long wireBytes) {
    if (reply instanceof Reply.Unreachable unreachable) {
      return new Delivery.Failed("relay unreachable: " + unreachable.reason(), null);
    }
    Reply.Answer answer = (Reply.Answer) reply;
    try {
      return switch (answer.status()) {
        case 200 -> stored(shipment, Json.read(answer.body(), Stored.class), wireBytes);
        case 413 -> new Delivery.TooLarge(reason(answer));
        case 422 -> rejected(shipment, answer, Json.read(answer.body(), Problem.class));
        default -> failed(answer);
      };
    } catch (MalformedException e) {
      return new Delivery.Failed(
          "answered " + answer.status() + ", but not as a relay does: " + e.getMessage(), null);
    }
  }

  private static Delivery stored(Shipment shipment, Stored stored, long wireBytes) {
    long last = shipment.last();
    if (stored.storedThrough() < last) {
      return new Delivery.Failed(
          "answered 200, but stored through " + stored.storedThrough() + " of " + last, null);
    }
    Long pause = stored.pauseMs();
    Duration wait = Duration.ofMillis(pause == null ? 0 : Math.max(0, pause));
    return new Delivery.Stored(last, stored.bucket(), bounded(wait), wireBytes);
  }

  private static Delivery rejected(Shipment shipment, Reply.Answer answer, Problem problem) {
    Long seq = problem.seq();
    return seq != null && seq >= shipment.first() && seq <= shipment.last()
        ? new Delivery.Rejected(seq, problem.error())
        : failed(answer);
  }

  private static Delivery failed(Reply.Answer answer) {
    return new Delivery.Failed(reason(answer), retryAfter(answer.headers()));
  }

  private static String reason(Reply.Answer answer) {
    try {
      return answer.status() + ": " + Json.read(answer.body(), Problem.class).error();
    } catch (MalformedException e) {
      return "answered " + answer.status();
    }
  }

  private static @Nullable Duration retryAfter(Headers headers) {
    String seconds = headers.get("Retry-After");
    return seconds != null && seconds.matches("\\d{1,6}")
        ? bounded(Duration.ofSeconds(Long.parseLong(seconds)))
        : null;
  }

  private static Duration bounded(Duration wait) {
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }
}
