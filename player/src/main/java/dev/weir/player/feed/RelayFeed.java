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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bucket on a relay, over HTTP. Threads: the client's. */
public final class RelayFeed implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(RelayFeed.class);
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
    return say(Protocol.extendPath(lease), new Extension(length.toMillis()))
        .thenApply(this::acknowledgement);
  }

  @Override
  public CompletionStage<Ack> settle(String lease, Settlement settlement) {
    return say(Protocol.settlePath(lease), settlement).thenCompose(reply -> {
      boolean tooLarge = reply instanceof Reply.Answer answer && answer.status() == 413;
      return tooLarge && settlement.dead().size() > 1
          ? settleInParts(lease, settlement)
          : CompletableFuture.completedFuture(acknowledgement(reply));
    });
  }

  /** What makes a settlement large are the answers that the dead got. */
  private CompletionStage<Ack> settleInParts(String lease, Settlement whole) {
    int half = whole.dead().size() / 2;
    List<Settlement.Dead> some = whole.dead().subList(0, half);
    List<Settlement.Dead> others = whole.dead().subList(half, whole.dead().size());
    return settle(lease, new Settlement(List.of(), List.of(), List.of(), some, List.of(), false))
        .thenCompose(ack -> ack instanceof Ack.Done
            ? settle(
                lease,
                new Settlement(
                    whole.delivered(),
                    whole.filtered(),
                    whole.retry(),
                    others,
                    whole.released(),
                    whole.done()))
            : CompletableFuture.completedFuture(ack));
  }

  private CompletionStage<Reply> say(String path, Object word) {
    return relay.post(path, JSON, Json.write(word), PATIENCE, MAX_ACK);
  }

  private Ack acknowledgement(Reply reply) {
    if (reply instanceof Reply.Answer answer) {
      if (answer.status() == 200 || answer.status() == 204) {
        return new Ack.Done();
      }
      if (answer.status() == 410) {
        return new Ack.Gone(quote(answer));
      }
      if (answer.status() == 413
          || (answer.status() == 400 && Problem.errorIn(answer.body()) != null)) {
        LOG.error(
            "bucket \"{}\": what is said of a lease will never be taken, {}: {};"
                + " what it held is leased again once it has run out",
            reader.bucket(),
            answer.status(),
            quote(answer));
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
    String own = Problem.errorIn(answer.body());
    if (own != null) {
      return own;
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
  }

  /** Nothing of its own to end: the calls are the client's. */
  @Override
  public void close() {}
}
