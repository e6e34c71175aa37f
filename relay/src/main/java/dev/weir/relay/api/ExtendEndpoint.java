package dev.weir.relay.api;

import dev.weir.http.Answer;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.wire.Extension;
import dev.weir.wire.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lets a player keep a lease for longer. */
final class ExtendEndpoint implements Endpoint {
  private final Buckets buckets;
  private final LeaseId.Issuer issuer;

  ExtendEndpoint(Buckets buckets, LeaseId.Issuer issuer) {
    this.buckets = buckets;
    this.issuer = issuer;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    LeaseId lease = LeaseId.parse(call.path("lease"));
    Extension extension = Json.read(call.body(), Extension.class);
    Bucket bucket = buckets.ifOpen(lease.bucket());
    if (bucket == null || !lease.issuer().equals(issuer)) {
      return CompletableFuture.completedFuture(Api.gone(lease));
    }
    return bucket
        .extend(lease.number(), Duration.ofMillis(extension.leaseMs()))
        .thenApply(ran -> ran ? Answer.empty() : Api.gone(lease));
  }
}
