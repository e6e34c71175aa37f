package dev.weir.relay.api;

import dev.weir.http.Answer;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.unit.BucketName;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.Peek;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows captures of a bucket to whoever may lease them; makes no bucket and no group. */
final class PeekEndpoint implements Endpoint {
  private final Buckets buckets;

  PeekEndpoint(Buckets buckets) {
    this.buckets = buckets;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    Peek peek = Json.read(call.body(), Peek.class);
    BucketName name = new BucketName(call.path("bucket"));
    Bucket bucket = buckets.ifOpen(name);
    if (bucket == null) {
      return CompletableFuture.completedFuture(Api.noBucket(name));
    }
    byte[] body = Zstd.compress(BatchCodec.encodeLeased(bucket.peek(peek)));
    return CompletableFuture.completedFuture(
        Answer.bytes(Protocol.CBOR_SEQUENCE, body).with("Content-Encoding", Protocol.ZSTD));
  }
}
