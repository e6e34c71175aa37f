package dev.weir.player.feed;

import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.http.RetryAfter;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Extension;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Settlement;
import dev.weir.wire.Zstd;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A bucket on a relay, over HTTP. Threads: the client's. */
public final class RelayFeed implements Feed {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ByteSize MAX_BATCH = ByteSize.ofMegabytes(256);
  private static final ByteSize MAX_ACK = ByteSize.ofMegabytes(1);
  private static final int LONGEST_QUOTE = 200;
  private static final Headers JSON = Headers.of("Content-Type", Protocol.JSON);
  private static final Headers JSON_FOR_BATCH =
      JSON.with("Accept", Protocol.CBOR_SEQUENCE).with("Accept-Encoding", Protocol.ZSTD);

  /**
   * Whose captures, for whom.
   *
   * @param player a label for the relay's page
   */
  public record Reader(
      BucketName bucket, GroupName group, String player, LeaseRequest.Order order) {}

  private final RelayClient relay;
  private final Reader reader;
  private final InstantSource clock;

  /** @param relay stays open when this closes: others use it too */
  public RelayFeed(RelayClient relay, Reader reader, InstantSource clock) {
    this.relay = relay;
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Grant> lease(Ask ask) {
    LeaseRequest request = new LeaseRequest(
        reader.group(),
        reader.player(),
        reader.order(),
        ask.max(),
        ask.maxBytes(),
        ask.length().toMillis(),
        ask.patience().toMillis(),
        ask.lease());
    CompletionStage<Reply> reply = relay.post(
        Protocol.leasesPath(reader.bucket()),
        JSON_FOR_BATCH,
        Json.write(request),
        PATIENCE.plus(ask.patience()),
        MAX_BATCH);
    return reply.thenApply(this::granted);
  }

  private Grant granted(Reply reply) {
    if (!(reply instanceof Reply.Answer answer) || answer.status() != 200) {
      Trouble trouble = trouble(reply);
      return new Grant.Trouble(trouble.reason(), trouble.after());
    }
    try {
      List<LeasedCapture> captures = BatchCodec.decodeLeased(inflated(answer));
      String lease = answer.headers().get(Protocol.LEASE);
      if (captures.isEmpty()) {
        return new Grant.Nothing();
      }
      return lease == null
          ? new Grant.Trouble("captures without the field " + Protocol.LEASE, null)
          : new Grant.Leased(lease, captures);
    } catch (MalformedException e) {
      return new Grant.Trouble("a lease that makes no sense: " + e.getMessage(), null);
    }
  }

  private static byte[] inflated(Reply.Answer answer) throws MalformedException {
    return Protocol.ZSTD.equalsIgnoreCase(answer.headers().get("Content-Encoding"))
        ? Zstd.decompress(answer.body(), MAX_BATCH)
        : answer.body();
  }

  @Override
  public CompletionStage<Ack> extend(String lease, Duration length) {
    return acknowledged(Protocol.extendPath(lease), new Extension(length.toMillis()));
  }

  @Override
  public CompletionStage<Ack> settle(String lease, Settlement settlement) {
    return acknowledged(Protocol.settlePath(lease), settlement);
  }

  private CompletionStage<Ack> acknowledged(String path, Object body) {
    return relay
        .post(path, JSON, Json.write(body), PATIENCE, MAX_ACK)
        .thenApply(this::acknowledgement);
  }

  private Ack acknowledgement(Reply reply) {
    if (reply instanceof Reply.Answer answer) {
      if (answer.status() == 200 || answer.status() == 204) {
        return new Ack.Done();
      }
      if (answer.status() == 410) {
        return new Ack.Gone(quote(answer));
      }
    }
    Trouble trouble = trouble(reply);
    return new Ack.Trouble(trouble.reason(), trouble.after());
  }

  private record Trouble(String reason, @Nullable Duration after) {}

  private Trouble trouble(Reply reply) {
    if (reply instanceof Reply.Unreachable unreachable) {
      return new Trouble(unreachable.reason(), null);
    }
    Reply.Answer answer = (Reply.Answer) reply;
    return new Trouble(
        "it answered " + answer.status() + ": " + quote(answer),
        RetryAfter.parse(answer.headers().get("Retry-After"), clock.instant()));
  }

  private static String quote(Reply.Answer answer) {
    try {
      return Json.read(answer.body(), Problem.class).error();
    } catch (MalformedException e) {
      // not the relay's own words: something in between, such as a firewall
      String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
      return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
    }
  }

  /** Nothing of its own to end: the calls are the client's. */
  @Override
  public void close() {}
}
