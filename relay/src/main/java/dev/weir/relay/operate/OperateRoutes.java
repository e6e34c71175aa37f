package dev.weir.relay.operate;

import dev.weir.http.Answer;
import dev.weir.http.Endpoint;
import dev.weir.http.Routes;
import dev.weir.http.Routes.Demand;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.bucket.Operations;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The routes for operators, on the listener for people. To look asks for the role {@code read}, to
 * change for {@code operate}: no proxy's or player's token has either by itself.
 */
public final class OperateRoutes {
  private static final ByteSize MAX_ORDER = new ByteSize(16 << 10);

  private final Routes routes;
  private final Buckets buckets;

  private OperateRoutes(Routes routes, Buckets buckets) {
    this.routes = routes;
    this.buckets = buckets;
  }

  /** What a bucket is to do; an answer that is empty is turned into a 404. */
  private interface Order<Q> {
    Optional<?> on(Operations bucket, Q query) throws IOException;
  }

  /** Adds them to {@code routes}. */
  public static Routes addTo(Routes routes, Buckets buckets) {
    OperateRoutes to = new OperateRoutes(routes, buckets);
    String any = "{bucket}";
    to.add(Protocol.deadListPath(any), "read", DeadQuery.class, OperateRoutes::list);
    to.add(Protocol.deadShowPath(any), "read", DeadQuery.class, Operations::show);
    to.add(Protocol.deadRedrivePath(any), "operate", DeadQuery.class, OperateRoutes::redrive);
    to.add(Protocol.deadPurgePath(any), "operate", DeadQuery.class, OperateRoutes::purgeDead);
    to.add(Protocol.pausePath(any), "operate", GroupOrder.class, OperateRoutes::pause);
    to.add(Protocol.resumePath(any), "operate", GroupOrder.class, OperateRoutes::resume);
    to.add(Protocol.rewindPath(any), "operate", GroupOrder.class, OperateRoutes::rewind);
    to.add(Protocol.purgePath(any), "operate", GroupOrder.class, Operations::purge);
    to.add(Protocol.forgetPath(any), "operate", GroupOrder.class, OperateRoutes::forget);
    return routes;
  }

  private <Q> void add(String path, String role, Class<Q> type, Order<Q> order) {
    Demand demand = values -> {
      new BucketName(values.getOrDefault("bucket", "")); // a name that cannot be is answered first
      return role;
    };
    routes.post(path, demand, MAX_ORDER, endpoint(type, order));
  }

  private <Q> Endpoint endpoint(Class<Q> type, Order<Q> order) {
    return call -> {
      Q query = Json.read(call.body(), type);
      BucketName name = new BucketName(call.path("bucket"));
      Bucket bucket = buckets.ifOpen(name);
      if (bucket == null) {
        return CompletableFuture.completedFuture(
            Answer.problem(404, "there is no bucket \"" + name + "\" here"));
      }
      return bucket
          .operate(operations -> order.on(operations, query))
          .thenApply(outcome -> answer(name, query, outcome));
    };
  }

  private static Answer answer(BucketName bucket, Object query, Optional<?> outcome) {
    if (outcome.isEmpty()) {
      GroupName group = query instanceof GroupOrder order ? order.group() : null;
      return Answer.problem(
          404,
          "bucket \"" + bucket + "\" has no "
              + (query instanceof DeadQuery ? "such dead capture" : "group \"" + group + "\""));
    }
    return outcome.get() instanceof Answer answer ? answer : Answer.json(outcome.get());
  }

  private static Optional<?> list(Operations bucket, DeadQuery query) throws IOException {
    return Optional.of(bucket.list(query));
  }

  private static Optional<?> redrive(Operations bucket, DeadQuery query) throws IOException {
    return Optional.of(bucket.redrive(query));
  }

  private static Optional<?> purgeDead(Operations bucket, DeadQuery query) throws IOException {
    return Optional.of(bucket.purgeDead(query));
  }

  private static Optional<?> pause(Operations bucket, GroupOrder order) {
    return done(order.dryRun() ? bucket.has(order.group()) : bucket.pause(order.group()));
  }

  private static Optional<?> resume(Operations bucket, GroupOrder order) {
    boolean known = order.dryRun() ? bucket.has(order.group()) : bucket.resume(order.group());
    return known && order.group() != null && bucket.isPaused()
        ? Optional.of(Answer.problem(
            409,
            "the bucket is paused as a whole, and with it group \"" + order.group()
                + "\": resume that too"))
        : done(known);
  }

  private static Optional<?> rewind(Operations bucket, GroupOrder order) throws IOException {
    return order.group() == null ? nobody("rewind") : bucket.rewind(order);
  }

  private static Optional<?> forget(Operations bucket, GroupOrder order) throws IOException {
    GroupName group = order.group();
    if (group == null) {
      return nobody("forget");
    }
    return switch (bucket.forget(group, order.dryRun())) {
      case DONE -> done(true);
      case UNKNOWN -> done(false);
      case LAST ->
        Optional.of(Answer.problem(
            409, "\"" + group + "\" is the bucket's only group, and somebody must keep it"));
    };
  }

  private static Optional<Answer> nobody(String order) {
    return Optional.of(Answer.problem(400, "no group: name the one to " + order));
  }

  private static Optional<Answer> done(boolean known) {
    return known ? Optional.of(Answer.empty()) : Optional.empty();
  }
}
