package dev.weir.relay.api;

import dev.weir.http.Answer;
import dev.weir.http.Budget;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.lease.Group;
import dev.weir.unit.BucketName;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Leases captures to players. Where there are none, or no memory for them, the call waits and holds
 * no thread. What the bucket's loop has leased is encoded on a worker.
 */
final class LeasesEndpoint implements Endpoint {
  private final Buckets buckets;
  private final LeaseId.Issuer issuer;
  private final Budget leased;

  /** @param leased what is on its way to players may take together */
  LeasesEndpoint(Buckets buckets, LeaseId.Issuer issuer, Budget leased) {
    this.buckets = buckets;
    this.issuer = issuer;
    this.leased = leased;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    LeaseRequest request = Json.read(call.body(), LeaseRequest.class);
    BucketName name = new BucketName(call.path("bucket"));
    Bucket bucket = buckets.find(name);
    if (bucket == null) {
      return CompletableFuture.completedFuture(Api.noBucket(name));
    }
    CompletableFuture<Optional<Group.Grant>> poll =
        bucket.lease(request, onto(name, request), leased);
    call.gone().thenRun(() -> bucket.abandon(poll));
    CompletionStage<Optional<Group.Grant>> granted = poll;
    granted.thenAccept(grant -> release(grant, call));
    return poll.thenApplyAsync(grant -> answer(name, grant), call.workers());
  }

  private void release(Optional<Group.Grant> grant, Call call) {
    grant.ifPresent(given -> call.over().thenRun(() -> leased.release(given.bytes())));
  }

  /** The number of the lease to add to; another relay's means nothing here. */
  private long onto(BucketName bucket, LeaseRequest request) {
    if (request.lease() == null) {
      return Group.NO_LEASE;
    }
    LeaseId lease = LeaseId.parse(request.lease());
    boolean ours = lease.bucket().equals(bucket) && lease.issuer().equals(issuer);
    return ours ? lease.number() : Group.NO_LEASE;
  }

  private Answer answer(BucketName bucket, Optional<Group.Grant> grant) {
    if (grant.isEmpty()) {
      return Answer.bytes(Protocol.CBOR_SEQUENCE, new byte[0]);
    }
    byte[] body = Zstd.compress(BatchCodec.encodeLeased(grant.get().captures()));
    return Answer.bytes(Protocol.CBOR_SEQUENCE, body)
        .with("Content-Encoding", Protocol.ZSTD)
        .with(Protocol.LEASE, new LeaseId(bucket, issuer, grant.get().lease()).toString());
  }
}
