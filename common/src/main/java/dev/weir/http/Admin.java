package dev.weir.http;

import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What monitoring finds at every role: health, figures and the role's own word of itself. */
public final class Admin {
  private Admin() {}

  /** What a role has to tell; asked anew by each call, on any thread. */
  public interface Told {
    /** What {@code /v1/stats} answers, as JSON. */
    Object stats();

    /** What {@code /metrics} answers. */
    Metrics metrics();

    /** Why no traffic should come here at present; null: let it come. */
    default @Nullable String trouble() {
      return null;
    }

    /** Reads scripts again; what is wrong with them, and they go on as they were then. */
    default List<String> reload() {
      return List.of();
    }
  }

  /**
   * @param read what a call needs that asks for more than health
   * @param operate what a call needs that changes something
   */
  public static Routes routes(Routes.Demand read, Routes.Demand operate, Told told) {
    return new Routes()
        .get("/livez", Routes.Demand.NOTHING, call -> now(plain("alive\n")))
        .get("/readyz", Routes.Demand.NOTHING, call -> now(readiness(told.trouble())))
        .get("/metrics", read, call -> now(metrics(told.metrics())))
        .get("/v1/stats", read, call -> now(Answer.json(told.stats())))
        .post(Protocol.RELOAD_PATH, operate, new ByteSize(0), call -> now(reloaded(told.reload())));
  }

  /**
   * Serves them to everybody on this machine.
   *
   * @throws IOException if the address cannot be had, or can be reached from other machines
   */
  public static HttpServer start(ListenAddress listen, Told told) throws IOException {
    InetSocketAddress address = listen.resolve();
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IOException("admin: " + listen
          + " can be reached from other machines, and this listener asks for no token");
    }
    Budget noBodies = new Budget(new ByteSize(0));
    return HttpServer.start(
        new HttpServer.Listener(address, null, Tokens.NONE, noBodies),
        routes(Routes.Demand.NOTHING, Routes.Demand.NOTHING, told));
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static Answer plain(String text) {
    return Answer.text("text/plain", text);
  }

  private static Answer metrics(Metrics metrics) {
    return Answer.text("text/plain; version=0.0.4", metrics.text());
  }

  private static Answer reloaded(List<String> wrong) {
    return wrong.isEmpty() ? plain("reloaded\n") : Answer.problem(422, String.join("; ", wrong));
  }

  private static Answer readiness(@Nullable String trouble) {
    return trouble == null ? plain("ready\n") : Answer.problem(503, trouble);
  }
}
