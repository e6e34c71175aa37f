package dev.weir.relay.api;

import dev.weir.http.Answer;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.lease.Settled;
import dev.weir.wire.Json;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes a player's word on the captures that it leased. */
final class SettleEndpoint implements Endpoint {
  private final Buckets buckets;
  private final LeaseId.Issuer issuer;

  SettleEndpoint(Buckets buckets, LeaseId.Issuer issuer) {
    this.buckets = buckets;
    this.issuer = issuer;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    LeaseId lease = LeaseId.parse(call.path("lease"));
    Settlement settlement = Json.read(call.body(), Settlement.class);
    Bucket bucket = buckets.ifOpen(lease.bucket());
    if (bucket == null || !lease.issuer().equals(issuer)) {
      return CompletableFuture.completedFuture(Api.gone(lease));
    }
    return bucket.settle(lease.number(), settlement).thenApply(settled -> answer(lease, settled));
  }

  private static Answer answer(LeaseId lease, Settled settled) {
    return switch (settled) {
      case BOOKED -> Answer.empty();
      case UNKNOWN_LEASE -> Api.gone(lease);
      case FOREIGN_OFFSET ->
        Answer.problem(400, "the settlement names an offset that lease " + lease + " never had");
    };
  }
}
