package dev.weir.player.feed;

import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A feed whose line can be cut: before a call is heard, or after it and before the answer. */
public final class FaultyFeed implements Feed {
  /** Where the line is cut. */
  public enum Cut {
    NOWHERE,
    BEFORE,
    AFTER
  }

  private final Feed feed;
  private Cut cut = Cut.NOWHERE;
  private int calls;

  public FaultyFeed(Feed feed) {
    this.feed = feed;
  }

  public void cut(Cut where) {
    cut = where;
  }

  /** How often it was called. */
  public int calls() {
    return calls;
  }

  @Override
  public CompletionStage<Grant> lease(Ask ask) {
    calls++;
    if (cut == Cut.BEFORE) {
      return CompletableFuture.completedFuture(new Grant.Trouble("cut", null));
    }
    return feed.lease(ask)
        .thenApply(grant -> cut == Cut.AFTER ? new Grant.Trouble("cut", null) : grant);
  }

  @Override
  public CompletionStage<Ack> extend(String lease, Duration length) {
    calls++;
    if (cut == Cut.BEFORE) {
      return CompletableFuture.completedFuture(new Ack.Trouble("cut", null));
    }
    return cutAfter(feed.extend(lease, length));
  }

  @Override
  public CompletionStage<Ack> settle(String lease, Settlement settlement) {
    calls++;
    if (cut == Cut.BEFORE) {
      return CompletableFuture.completedFuture(new Ack.Trouble("cut", null));
    }
    return cutAfter(feed.settle(lease, settlement));
  }

  private CompletionStage<Ack> cutAfter(CompletionStage<Ack> reply) {
    return cut == Cut.AFTER ? reply.thenApply(ack -> new Ack.Trouble("cut", null)) : reply;
  }

  @Override
  public void close() {
    feed.close();
  }
}
