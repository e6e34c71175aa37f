package dev.weir.relay.api;

import dev.weir.capture.MalformedException;
import dev.weir.http.Answer;
import dev.weir.http.Call;
import dev.weir.http.Endpoint;
import dev.weir.relay.fleet.Fleet;
import dev.weir.wire.Json;
import dev.weir.wire.Report;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes the proxies' and players' word of themselves. */
public final class ReportsEndpoint implements Endpoint {
  private final Fleet fleet;

  public ReportsEndpoint(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public CompletionStage<Answer> answer(Call call) throws MalformedException {
    Report report = Json.read(call.body(), Report.class);
    if ((report.proxy() == null) == (report.player() == null)) {
      throw new MalformedException("a report is a proxy's or a player's", 0);
    }
    fleet.hear(report, call.body().length);
    return CompletableFuture.completedFuture(Answer.empty());
  }
}
