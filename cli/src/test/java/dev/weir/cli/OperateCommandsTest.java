package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.unit.GroupName;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands of operators send to a relay, and say of its answers. */
final class OperateCommandsTest {
  private static final String REASON = "no\u001b[31m";

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Terminal terminal = Terminal.withoutRoles();
  private HttpServer relay;

  @BeforeEach
  void start() throws IOException {
    relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    relay.createContext("/", this::answer);
    relay.start();
  }

  @AfterEach
  void stop() {
    relay.stop(0);
  }

  /** Three dead captures, in pages of two. */
  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    calls.add(path.replaceFirst(".*/shop/", "") + " " + new String(body, StandardCharsets.UTF_8));
    Object said = path.contains("/dead/")
        ? page(Json.read(body, DeadQuery.class).after())
        : path.contains("/shop/") ? new GroupOrder.Done(1_204) : Problem.of("no such bucket");
    byte[] bytes = Json.write(said);
    exchange.sendResponseHeaders(said instanceof Problem ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static DeadPage page(long after) {
    List<DeadPage.Dead> dead = new ArrayList<>();
    for (long number = after + 1; number <= Math.min(3, after + 2); number++) {
      dead.add(new DeadPage.Dead(
          number, new GroupName("default"), "r-1", 0, REASON, 3, 503, false, "GET", "x", "/a"));
    }
    return new DeadPage(dead, Math.min(3, after + 2), after >= 2);
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--admin", "http://127.0.0.1:" + relay.getAddress().getPort()));
    return terminal.run(all.toArray(new String[0]));
  }

  private List<String> calls(String route) {
    return calls.stream().filter(call -> call.startsWith(route + " ")).toList();
  }

  @Test
  void listsAllPagesWithoutSteeringTheTerminal() {
    assertThat(run("dead", "ls", "--bucket", "shop", "--status", "5xx")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out().lines()).hasSize(3).allMatch(line -> line.contains("GET /a"));
    assertThat(terminal.out()).doesNotContain("\u001b");
    assertThat(calls("dead/list")).hasSize(2).allMatch(call -> call.contains("\"5xx\""));
  }

  @Test
  void saysWhichListenerItWants() {
    relay.removeContext("/");
    relay.createContext("/", exchange -> {
      byte[] bytes = Json.write(Problem.of("nothing at " + exchange.getRequestURI()));
      exchange.sendResponseHeaders(404, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    assertThat(run("group", "ls", "--bucket", "shop")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("nothing at /v1/").contains("admin listener");
  }

  @Test
  void saysWhereItLeavesOff() {
    for (String limit : List.of("1", "2")) {
      assertThat(run("dead", "ls", "--bucket", "shop", "--limit", limit)).isEqualTo(ExitCode.DONE);
      assertThat(terminal.err().lines())
          .hasSize(Integer.parseInt(limit))
          .containsOnly("there may be more: raise --limit");
    }
    run("dead", "ls", "--bucket", "shop", "--limit", "3");
    assertThat(terminal.err().lines()).as("those are all").hasSize(2);
  }

  @Test
  void meansTheSameCapturesHoweverLongItTakes() throws Exception {
    assertThat(run(
            "dead",
            "redrive",
            "--bucket",
            "shop",
            "--older-than",
            "1h",
            "--newer-than",
            "2h",
            "--rate",
            "20/s",
            "--yes"))
        .isEqualTo(ExitCode.DONE);
    List<DeadQuery> queries = new ArrayList<>();
    for (String call : calls("dead/redrive")) {
      byte[] body = call.substring(call.indexOf('{')).getBytes(StandardCharsets.UTF_8);
      queries.add(Json.read(body, DeadQuery.class));
    }
    long first = queries.get(0).olderThanMs();
    long second = queries.get(1).olderThanMs();
    assertThat(first).isGreaterThanOrEqualTo(3_600_000);
    assertThat(second - first).as("two at 20/s").isGreaterThanOrEqualTo(90);
    assertThat(queries).allMatch(query -> query.newerThanMs() - query.olderThanMs() == 3_600_000);
  }

  @Test
  void countsAndChangesNothingWithoutYes() {
    assertThat(run("dead", "redrive", "--bucket", "shop")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.err()).contains("3 dead captures").contains("add --yes");
    assertThat(run("dead", "purge", "--bucket", "shop", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).contains("{\"matched\":3,\"done\":0,\"dryRun\":true}");
    assertThat(calls("dead/redrive")).isEmpty();
    assertThat(calls("dead/purge")).isEmpty();
  }

  @Test
  void redrivesWhatItCountedAndNoMore() {
    assertThat(run("dead", "redrive", "--bucket", "shop", "--yes", "--rate", "1000/s"))
        .isEqualTo(ExitCode.DONE);
    assertThat(calls("dead/redrive")).hasSize(2).allMatch(call -> call.contains("\"through\":3"));
    assertThat(terminal.err()).contains("3 of 3 done");
  }

  @Test
  void countsBeforeItRewindsOrPurges() {
    assertThat(run("rewind", "--bucket", "shop", "--group", "default", "--to", "2h"))
        .isEqualTo(ExitCode.DONE);
    assertThat(terminal.out()).contains("1,204 captures would be").contains("add --yes");
    assertThat(calls("rewind"))
        .singleElement()
        .asString()
        .contains("\"ageMs\":7200000")
        .contains("\"dryRun\":true");
    assertThat(run("purge", "--bucket", "shop", "--yes")).isEqualTo(ExitCode.DONE);
    assertThat(calls("purge")).singleElement().asString().contains("\"dryRun\":false");
    assertThat(terminal.out())
        .contains(
            "1,204 waiting captures of bucket \"shop\", counted for each group, are given up");
  }

  @Test
  void pausesAtOnce() {
    assertThat(run("pause", "--bucket", "shop", "--group", "audit")).isEqualTo(ExitCode.DONE);
    assertThat(calls("pause")).singleElement().asString().contains("\"audit\"");
    assertThat(run("resume", "--bucket", "shop")).isEqualTo(ExitCode.DONE);
    assertThat(calls("resume")).hasSize(1);
  }

  @Test
  void saysWhatTheRelayRefuses() {
    assertThat(run("pause", "--bucket", "other")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("refuses: no such bucket");
  }

  @Test
  void saysThatNobodyIsThere() {
    relay.stop(0);
    assertThat(run("dead", "ls", "--bucket", "shop")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(terminal.err()).contains("cannot reach http://127.0.0.1:");
  }

  @Test
  void saysWhatIsWrongWithTheCommandLine() {
    assertThat(run("dead", "ls")).isEqualTo(ExitCode.USAGE);
    assertThat(run("pause", "--bucket", "No/Name")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("No/Name");
    assertThat(run("rewind", "--bucket", "shop", "--group", "g", "--to", "yesterday"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("dead", "ls", "--bucket", "shop", "--status", "9xx")).isEqualTo(ExitCode.USAGE);
    assertThat(calls).isEmpty();
  }
}
