package dev.weir.cli;

import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.config.RelayConnection;
import dev.weir.http.RelayClient;
import dev.weir.http.RelayClient.Reply;
import dev.weir.unit.ByteSize;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.time.Duration;

/** Where an operator's orders go: a relay's admin listener. Every failure ends the command. */
final class RelayDesk implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final ByteSize MOST_ANSWER = ByteSize.ofMegabytes(64);
  private static final Headers JSON =
      Headers.of(java.util.List.of(new Headers.Field("Content-Type", Protocol.JSON)));

  private final RelayClient client;
  private final String url;

  private RelayDesk(RelayClient client, String url) {
    this.client = client;
    this.url = url;
  }

  static RelayDesk open(RelayConnection connection) throws IOException {
    return new RelayDesk(RelayClient.open(connection), connection.url().toString());
  }

  /** Carries an order out; what the relay answers. */
  <T> T order(String path, Object order, Class<T> type) throws Failure {
    byte[] body = Json.write(order);
    return read(client.post(path, JSON, body, TIMEOUT, MOST_ANSWER).join(), type);
  }

  /** Carries an order out that has no answer but that it is done. */
  void order(String path, Object order) throws Failure {
    body(client.post(path, JSON, Json.write(order), TIMEOUT, MOST_ANSWER).join());
  }

  <T> T get(String path, Class<T> type) throws Failure {
    return read(client.get(path, Headers.NONE, TIMEOUT, MOST_ANSWER).join(), type);
  }

  private <T> T read(Reply reply, Class<T> type) throws Failure {
    byte[] body = body(reply);
    try {
      return Json.read(body, type);
    } catch (MalformedException e) {
      throw new Failure(
          ExitCode.FAILED, url + " does not answer as a relay does: " + e.getMessage(), e);
    }
  }

  private byte[] body(Reply reply) throws Failure {
    if (reply instanceof Reply.Unreachable nobody) {
      throw new Failure(ExitCode.UNREACHABLE, "cannot reach " + url + ": " + nobody.reason(), null);
    }
    Reply.Answer answer = (Reply.Answer) reply;
    if (answer.status() == 200) {
      return answer.body();
    }
    String error = Problem.errorIn(answer.body());
    String why = error == null ? "status " + answer.status() : error;
    String hint = "";
    if (answer.status() == 401 || answer.status() == 403) {
      hint = "; WEIR_TOKEN in the environment is what is sent";
    } else if (why.startsWith("nothing at ")) {
      hint = "; --admin is the relay's admin listener, not where proxies and players call";
    }
    throw new Failure(ExitCode.FAILED, url + " refuses: " + why + hint, null);
  }

  @Override
  public void close() {
    client.close();
  }
}
