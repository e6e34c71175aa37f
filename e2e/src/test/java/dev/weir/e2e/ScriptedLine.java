package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A relay, a proxy and a player with the shipped scripts on them, between production and two sites
 * to replay to.
 */
final class ScriptedLine implements AutoCloseable {
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();

  private final Path directory;
  private final List<RoleProcess> running = new ArrayList<>();
  private final RecordingSite production = new RecordingSite("none=1");

  /** Takes a token that is fresh, and offers one. */
  private final RawSite staging =
      new RawSite(request -> request.field("Authorization").equals("Bearer fresh")
          ? "HTTP/1.1 200 OK"
          : "HTTP/1.1 401 Unauthorized\r\nX-Fresh-Token: fresh");

  private final RawSite other = new RawSite(request -> "HTTP/1.1 200 OK");
  private final RoleProcess relay;
  private final RoleProcess proxy;
  private final Page page;

  /**
   * Starts all but the player.
   *
   * @param attacks by name, the body of a hook that runs for {@code /attack/NAME}
   */
  ScriptedLine(Path directory, Map<String, String> attacks) throws IOException {
    this.directory = directory;
    writeScripts(attacks);
    relay = role("relay", """
        data: relay
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        create-buckets: true
        """);
    page = new Page(relay.addresses().get("admin"));
    proxy = role("proxy", proxyFile());
  }

  void startPlayer() throws IOException {
    role("player", playerFile());
  }

  private void writeScripts(Map<String, String> attacks) throws IOException {
    String cases = attacks.entrySet().stream()
        .map(each -> "[\"" + each.getKey() + "\"] = function(req) " + each.getValue() + " end")
        .collect(Collectors.joining(",\n"));
    script("attack.lua", "local attacks = {\n" + cases + """
        }
        function on_capture(req)
          local at = req:match("/attack/{name}")
          if at then return attacks[at.name](req) end
        end
        """);
    script("replay.lua", """
        function on_replay(req)
          if req.path == "/api/slow" then req.delay = "1s" end
          if req.path == "/api/elsewhere" then req.target = "other" end
        end
        """);
    script("bulk.lua", """
        function on_batch(reqs)
          local lines = {}
          for i, req in ipairs(reqs) do lines[i] = req.body end
          return request{path = "/bulk", body = table.concat(lines, "\\n")}
        end
        """);
  }

  private void script(String name, String lua) throws IOException {
    Files.writeString(directory.resolve(name), lua);
  }

  private String proxyFile() {
    return """
        data: proxy
        relay: {url: "http://%1$s"}
        sources:
          - type: http
            name: front
            listen: 127.0.0.1:0
            to: %2$s
            buckets: [shop]
            scripts:
              - attack.lua
              - file: %3$s/route-by-path.lua
                params: {routes: [{path: "/both/*", bucket: [orders, bulk]}, {path: "/orders/*", bucket: orders}]}
              - %3$s/split-json-array.lua
              - %3$s/mask-pii-json.lua
              - {file: %3$s/alert-on-silence.lua, params: {after: 4s, bucket: alerts, path: "/watched/*"}}
        buckets: {shop: {}, orders: {}, bulk: {}, alerts: {}}
        """.formatted(relay.addresses().get("listen"), production.url(), SCRIPTS);
  }

  private String playerFile() {
    return """
        data: player
        relay: {url: "http://%1$s"}
        replays:
          - bucket: shop
            order: none
            scripts:
              - replay.lua
              - file: %2$s/retarget.lua
                params: {strip: /api, prefix: /staging, token: api}
                secrets: {api: stale}
            target: {type: http, to: "%3$s"}
            targets: {other: {type: http, to: "%4$s"}}
          - bucket: orders
            target: {type: http, to: "%4$s"}
          - bucket: alerts
            target: {type: http, to: "%4$s"}
          - bucket: bulk
            batch: {captures: 3, within: 10s}
            scripts: [bulk.lua]
            target: {type: http, to: "%4$s"}
        """.formatted(relay.addresses().get("listen"), SCRIPTS, staging.url(), other.url());
  }

  private RoleProcess role(String name, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    RoleProcess role = RoleProcess.start(
        Weir.command("-Xmx256m"),
        directory.resolve(name + ".log"),
        List.of(name, "-c", file.toString()));
    running.add(role);
    return role;
  }

  /** As a customer with a client of his own; production answers each. */
  void post(String path, String contentType, byte[] body) throws IOException {
    String[] address = proxy.addresses().get("front").split(":", 2);
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      OutputStream out = socket.getOutputStream();
      out.write(latin1("POST " + path + " HTTP/1.1\r\nHost: shop\r\nx-oDd: 1\r\nX-Odd: 2\r\n"
          + "Content-Type: " + contentType + "\r\nContent-Length: " + body.length
          + "\r\nAccept: */*\r\nX-odd: 3\r\n\r\n"));
      out.write(body);
      assertThat(RawSite.read(socket.getInputStream()).head().get(0)).contains(" 200 ");
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What {@code weir script try} says of a shipped script and a bucket. */
  String tryOut(String script, String bucket) throws IOException, InterruptedException {
    List<String> command = Weir.command("-Xmx256m");
    command.addAll(List.of(
        "script",
        "try",
        SCRIPTS.resolve(script).toString(),
        "--bucket",
        bucket,
        "--relay",
        "http://" + relay.addresses().get("listen")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  RecordingSite production() {
    return production;
  }

  RawSite staging() {
    return staging;
  }

  RawSite other() {
    return other;
  }

  RoleProcess proxy() {
    return proxy;
  }

  Page page() {
    return page;
  }

  @Override
  public void close() throws IOException {
    running.forEach(RoleProcess::close);
    production.close();
    staging.close();
    other.close();
  }
}
