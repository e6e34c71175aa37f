package dev.weir.relay.api;

import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.http.Answer;
import dev.weir.http.Budget;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.bucket.Receipt;
import dev.weir.relay.bucket.Shipment;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Takes batches from proxies. A capture that no player could read is refused for good. */
final class CapturesEndpoint implements Endpoint {
  /** What a batch may inflate to. */
  static final ByteSize MAX_INFLATED = ByteSize.ofMegabytes(32);

  private static final int MAX_ENTRIES = 10_000;

  /** No number of a run is higher: a million a second for a century, and room for every sum. */
  private static final long MAX_NUMBER = 1L << 52;

  private static final int MAX_PROXY_NAME = 200;
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Buckets buckets;
  private final Budget inflated;

  CapturesEndpoint(Buckets buckets, Budget inflated) {
    this.buckets = buckets;
    this.inflated = inflated;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    BucketName name = new BucketName(call.path("bucket"));
    Bucket bucket = buckets.find(name);
    if (bucket == null) {
      return now(Api.noBucket(name));
    }
    String encoding = call.header("Content-Encoding");
    boolean packed = Protocol.ZSTD.equalsIgnoreCase(encoding);
    if (!packed && encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return now(Answer.problem(415, "Content-Encoding is " + encoding + "; send zstd"));
    }
    long size = packed ? Zstd.inflatedSize(call.body()) : call.body().length;
    if (size > MAX_INFLATED.bytes()) {
      return now(Answer.problem(
          413, "the batch is " + new ByteSize(size) + ", more than the limit of " + MAX_INFLATED));
    }
    if (!inflated.take(size)) {
      return now(Answer.busy("too many batches are under way", BUSY));
    }
    CompletionStage<Answer> answer;
    try {
      answer = take(call, bucket, packed);
    } catch (IOException | RuntimeException | Error e) {
      inflated.release(size);
      throw e;
    }
    return answer.whenComplete((done, failure) -> inflated.release(size));
  }

  private static CompletionStage<Answer> take(Call call, Bucket bucket, boolean packed)
      throws IOException {
    byte[] body = packed ? Zstd.decompress(call.body(), MAX_INFLATED) : call.body();
    RunId run = run(call.header(Protocol.RUN));
    long acked = acked(call.header(Protocol.ACKED));
    List<Entry> entries = BatchCodec.decodeShipped(body, MAX_ENTRIES);
    if (entries.size() > MAX_ENTRIES) {
      return now(Answer.problem(413, "the batch has more than " + MAX_ENTRIES + " entries"));
    }
    for (Entry entry : entries) {
      if (entry.through() > MAX_NUMBER) {
        throw new MalformedException("number " + entry.through() + " is too high", 0);
      }
      if (entry instanceof Frame frame) {
        String objection = objection(frame.bytes());
        if (objection != null) {
          return now(Answer.problem(422, new Problem(objection, null, frame.position())));
        }
      }
    }
    String proxy = proxy(call.header(Protocol.PROXY));
    return bucket
        .append(new Shipment(run, proxy, acked, entries))
        .thenApply(receipt -> answer(bucket, receipt, entries.size()));
  }

  private static Answer answer(Bucket bucket, Receipt receipt, int entries) {
    if (receipt instanceof Receipt.Stored stored) {
      return Answer.json(new Stored(
          stored.through(),
          stored.duplicates(),
          new Stored.Usage(stored.used().bytes(), stored.limit().bytes()),
          null));
    }
    if (receipt instanceof Receipt.Missing missing) {
      return Answer.problem(
          409,
          new Problem("the next number here is " + missing.expected(), missing.expected(), null));
    }
    Receipt.Full full = (Receipt.Full) receipt;
    return Answer.problem(
        507,
        "bucket \"" + bucket.name() + "\" is full: " + full.used() + " of " + full.limit()
            + "; refusing a batch of " + entries);
  }

  private static @Nullable String objection(byte[] capture) {
    try {
      Envelope.sessionOf(capture);
      return null;
    } catch (MalformedException e) {
      return "not a capture: " + e.getMessage();
    }
  }

  private static RunId run(@Nullable String text) throws MalformedException {
    try {
      return new RunId(text == null ? "" : text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("header " + Protocol.RUN + ": " + e.getMessage(), 0);
    }
  }

  private static long acked(@Nullable String text) throws MalformedException {
    if (text == null || !text.matches("\\d{1,18}") || Long.parseLong(text) > MAX_NUMBER) {
      throw new MalformedException(
          "header " + Protocol.ACKED + " is not a number: \"" + text + "\"", 0);
    }
    return Long.parseLong(text);
  }

  private static String proxy(@Nullable String encoded) {
    String name = encoded == null ? "" : encoded;
    try {
      name = URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // a label that is not encoded: as it came
    }
    return name.length() > MAX_PROXY_NAME ? name.substring(0, MAX_PROXY_NAME) : name;
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
