package dev.weir.player.feed;

import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A feed at the end of a slow line: calls overtake each other on the way there and back. */
public final class LateFeed implements Feed {
  private final Feed feed;
  private final List<Journey<?>> journeys = new ArrayList<>();
  private int grown;

  public LateFeed(Feed feed) {
    this.feed = feed;
  }

  private static final class Journey<T> {
    final Supplier<CompletionStage<T>> call;
    final CompletableFuture<T> reply = new CompletableFuture<>();

    @Nullable
    CompletableFuture<T> answer;

    Journey(Supplier<CompletionStage<T>> call) {
      this.call = call;
    }

    /** @return whether it is back */
    boolean goOn() {
      if (answer == null) {
        answer = call.get().toCompletableFuture();
        return false;
      }
      return answer.isDone() && reply.complete(answer.join());
    }
  }

  private <T> CompletionStage<T> send(Supplier<CompletionStage<T>> call) {
    Journey<T> journey = new Journey<>(call);
    journeys.add(journey);
    return journey.reply;
  }

  /** Some calls arrive, and some answers. */
  public void goOn(Random random) {
    for (Journey<?> journey : List.copyOf(journeys)) {
      if (random.nextInt(3) == 0 && journey.goOn()) {
        journeys.remove(journey);
      }
    }
  }

  /** How many answers added captures to the lease that was named. */
  public int grown() {
    return grown;
  }

  @Override
  public CompletionStage<Grant> lease(Ask ask) {
    return send(() -> feed.lease(ask).thenApply(grant -> {
      if (grant instanceof Grant.Leased leased && leased.lease().equals(ask.lease())) {
        grown++;
      }
      return grant;
    }));
  }

  @Override
  public CompletionStage<Ack> extend(String lease, Duration length) {
    return send(() -> feed.extend(lease, length));
  }

  @Override
  public CompletionStage<Ack> settle(String lease, Settlement settlement) {
    return send(() -> feed.settle(lease, settlement));
  }

  @Override
  public void close() {
    feed.close();
  }
}
