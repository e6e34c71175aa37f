package dev.weir.relay.api;

import dev.weir.http.Answer;
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

/** Leases captures to players. Where there are none, the call waits and holds no thread. */
final class LeasesEndpoint implements Endpoint {
  private final Buckets buckets;
  private final LeaseId.Issuer issuer;

  LeasesEndpoint(Buckets buckets, LeaseId.Issuer issuer) {
    this.buckets = buckets;
    this.issuer = issuer;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws IOException {
    LeaseRequest request = Json.read(call.body(), LeaseRequest.class);
    BucketName name = new BucketName(call.path("bucket"));
    Bucket bucket = buckets.find(name);
    if (bucket == null) {
      return CompletableFuture.completedFuture(Api.noBucket(name));
    }
    CompletableFuture<Optional<Group.Grant>> poll = bucket.lease(request, onto(name, request));
    call.gone().thenRun(() -> bucket.abandon(poll));
    return poll.thenApply(grant -> answer(name, grant));
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
