package dev.weir.relay.bucket;

import dev.weir.http.Budget;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.Settled;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Something that a bucket is asked to do, and who waits for it. */
sealed interface Work {
  /** Completed on the bucket's loop: hand off, do not work there. */
  CompletableFuture<?> done();

  record Append(Shipment shipment, Ruling.Book rulings, CompletableFuture<Receipt> done)
      implements Work {}

  record Settle(long lease, Settlement settlement, CompletableFuture<Settled> done)
      implements Work {}

  record Extend(long lease, Duration length, CompletableFuture<Boolean> done) implements Work {}

  /**
   * @param onto the lease that may be added to; {@link Group#NO_LEASE}: none
   * @param room taken for what is leased; whoever gets that gives it back
   * @param until when to answer that there is nothing, by the ticker
   */
  record Poll(
      LeaseRequest request,
      long onto,
      Budget room,
      long until,
      CompletableFuture<Optional<Group.Grant>> done)
      implements Work {}

  /** @param done hears what the operation returned, once that is committed */
  record Operate<T>(Operation<T> operation, CompletableFuture<T> done) implements Work {}
}
