package dev.weir.proxy.ship;

import dev.weir.capture.MalformedException;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Ships to a relay by HTTP. Only 422, and 413 for a single capture, reject for good: a firewall's
 * 403 must not lose one.
 */
public final class RelayUplink implements Uplink {
  private static final MediaType CBOR_SEQUENCE = MediaType.get(Protocol.CBOR_SEQUENCE);
  private static final int MAX_ANSWER = 64 << 10;
  private static final Duration MAX_WAIT = Duration.ofMinutes(10);

  private final OkHttpClient client;
  private final HttpUrl relay;
  private final String proxy;

  /**
   * @param client brings its own time-outs and token
   * @param proxy our name, a label
   */
  public RelayUplink(OkHttpClient client, HttpUrl relay, String proxy) {
    this.client = client;
    this.relay = relay;
    this.proxy = proxy;
  }

  @Override
  public Delivery send(Shipment shipment) throws InterruptedException {
    byte[] body = Zstd.compress(BatchCodec.encodeShipped(shipment.entries()));
    Request request = new Request.Builder()
        .url(relay
            .newBuilder()
            .encodedPath(Protocol.capturesPath(shipment.bucket()))
            .build())
        .header("Content-Encoding", Protocol.ZSTD)
        .header(Protocol.RUN, shipment.run().value())
        .header(Protocol.PROXY, proxy)
        .header(Protocol.ACKED, Long.toString(shipment.acked()))
        .post(RequestBody.create(body, CBOR_SEQUENCE))
        .build();
    try (Response response = client.newCall(request).execute()) {
      byte[] answer = response.peekBody(MAX_ANSWER).bytes();
      return judge(shipment, response, answer, body.length);
    } catch (java.io.InterruptedIOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return new Delivery.Failed("no answer in time", null);
    } catch (IOException e) {
      return new Delivery.Failed(String.valueOf(e.getMessage()), null);
    }
  }

  private static Delivery judge(
      Shipment shipment, Response response, byte[] answer, long wireBytes) {
    int status = response.code();
    try {
      if (status == 200) {
        return stored(shipment, Json.read(answer, Stored.class), wireBytes);
      }
      if (status == 422) {
        Problem problem = Json.read(answer, Problem.class);
        Long seq = problem.seq();
        if (seq != null && isIn(shipment, seq)) {
          return new Delivery.Rejected(seq, problem.error());
        }
      }
      if (status == 413) {
        return new Delivery.TooLarge(reason(status, answer));
      }
      return new Delivery.Failed(reason(status, answer), retryAfter(response));
    } catch (MalformedException e) {
      return new Delivery.Failed(
          "answered " + status + " and something that is not a relay's: " + e.getMessage(), null);
    }
  }

  private static Delivery stored(Shipment shipment, Stored stored, long wireBytes) {
    long last = shipment.entries().get(shipment.entries().size() - 1).through();
    if (stored.storedThrough() < last) {
      return new Delivery.Failed(
          "answered 200 for " + stored.storedThrough() + " of " + last, null);
    }
    Long pause = stored.pauseMs();
    return new Delivery.Stored(
        last,
        stored.bucket(),
        bounded(Duration.ofMillis(pause == null ? 0 : Math.max(0, pause))),
        wireBytes);
  }

  private static boolean isIn(Shipment shipment, long seq) {
    return seq >= shipment.entries().get(0).from()
        && seq <= shipment.entries().get(shipment.entries().size() - 1).through();
  }

  private static String reason(int status, byte[] answer) {
    try {
      return status + ": " + Json.read(answer, Problem.class).error();
    } catch (MalformedException e) {
      return "answered " + status;
    }
  }

  private static @Nullable Duration retryAfter(Response response) {
    String seconds = response.header("Retry-After");
    if (seconds == null || !seconds.matches("\\d{1,6}")) {
      return null;
    }
    return bounded(Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static Duration bounded(Duration wait) {
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }
}
