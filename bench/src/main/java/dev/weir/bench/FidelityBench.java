package dev.weir.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a message is on the other side of a proxy: the same bytes are sent through nginx and through
 * Weir's reverse proxy, and what the other end got is held against them, line by line.
 */
final class FidelityBench implements Section {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration SILENCE = Duration.ofMillis(300);
  private static final String GET = "GET / HTTP/1.1¶Host: shop¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  /** {@code ¶} stands for a line break of HTTP. */
  private record Case(String name, String request, String answer) {
    static Case request(String name, String request) {
      return new Case(name, request, OK);
    }

    static Case answer(String name, String answer) {
      return new Case(name, GET, answer);
    }
  }

  private static final List<Case> CASES = List.of(
      Case.request("Host", GET),
      Case.request("unknown method", "FOO / HTTP/1.1¶Host: shop¶¶"),
      Case.request("lower-case method", "get / HTTP/1.1¶Host: shop¶¶"),
      Case.request("target", "GET /a%2Fb;c+d//e/../f?q=a+b;%2f&& HTTP/1.1¶Host: shop¶¶"),
      Case.request("odd octets in the target", "GET /\u00e9<>|`{}^ HTTP/1.1¶Host: shop¶¶"),
      Case.request("absolute URL", "GET http://shop/x HTTP/1.1¶Host: shop¶¶"),
      Case.request("OPTIONS *", "OPTIONS * HTTP/1.1¶Host: shop¶¶"),
      Case.request(
          "case, duplicates and order of fields",
          "GET / HTTP/1.1¶b: 1¶hOST: shop¶A: 1¶B: 2¶X-Empty:¶X_Under: 1¶X.Dot: 1¶¶"),
      Case.request("blanks around a value", "GET / HTTP/1.1¶Host: shop¶A:  \t1 \t¶¶"),
      Case.request("octets above 127", "GET / HTTP/1.1¶Host: shop¶A: \u00e9¶¶"),
      Case.request(
          "Connection and what it names",
          "GET / HTTP/1.1¶Host: shop¶Connection: keep-alive, X-Hop¶X-Hop: 1¶Keep-Alive: timeout=5¶¶"),
      Case.request("TE: trailers", "GET / HTTP/1.1¶Host: shop¶TE: trailers¶¶"),
      Case.request("Via", "GET / HTTP/1.1¶Host: shop¶Via: 1.1 a¶¶"),
      Case.request("body with a length", "POST / HTTP/1.1¶Host: shop¶content-length: 3¶¶a\0\n"),
      Case.request(
          "chunks, extensions, trailers",
          "POST / HTTP/1.1¶Host: shop¶Transfer-Encoding: chunked¶¶"
              + "3;x=1¶abc¶2¶de¶0¶X-End: 1¶¶"),
      Case.request(
          "Expect: 100-continue",
          "POST / HTTP/1.1¶Host: shop¶Expect: 100-continue¶Content-Length: 2¶¶ab"),
      new Case("half an upload", "POST / HTTP/1.1¶Host: shop¶Content-Length: 4¶¶ab", ""),
      Case.request("pipelined", "GET /1 HTTP/1.1¶Host: shop¶¶GET /2 HTTP/1.1¶Host: shop¶¶"),
      Case.request("HTTP/1.0", "GET / HTTP/1.0¶Host: shop¶¶"),
      new Case(
          "WebSocket",
          "GET / HTTP/1.1¶Host: shop¶Connection: Upgrade¶Upgrade: websocket¶¶",
          "HTTP/1.1 101 Switching Protocols¶Connection: Upgrade¶Upgrade: websocket¶¶bytes"),
      Case.answer(
          "fields of an answer",
          "HTTP/1.1 299 Fine So Far¶b: 1¶DATE: now¶Server: own¶A: 1¶B: 2¶content-length: 2¶¶ok"),
      Case.answer(
          "Connection of an answer",
          "HTTP/1.1 200 OK¶Connection: X-Hop¶X-Hop: 1¶Content-Length: 2¶¶ok"),
      new Case("HEAD", "HEAD / HTTP/1.1¶Host: shop¶¶", "HTTP/1.1 200 OK¶Content-Length: 7¶¶"),
      Case.answer("304", "HTTP/1.1 304 Not Modified¶Content-Length: 7¶ETag: \"1\"¶¶"),
      Case.answer(
          "chunks, extensions, trailers of an answer",
          "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶Trailer: X-End¶¶3;x=1¶abc¶2¶de¶0¶X-End: 1¶¶"),
      Case.answer(
          "first event of a stream",
          "HTTP/1.1 200 OK¶Content-Type: text/event-stream¶Transfer-Encoding: chunked¶¶2¶1\n¶"),
      Case.answer("103, 100", "HTTP/1.1 103 Early Hints¶Link: a¶¶HTTP/1.1 100 Continue¶¶" + OK),
      Case.answer("bare line feeds", "HTTP/1.1 200 OK\nA: 1\nContent-Length: 2\n\nok"),
      Case.answer("folded line", "HTTP/1.1 200 OK¶A: 1¶ 2¶Content-Length: 2¶¶ok"),
      Case.answer("answer that is not HTTP", "hello¶¶"));

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Fidelity");
    report.paragraph(
        "What the other end got in place of what was sent: `-` a line that is gone, `+` one that is new,"
            + " `=` no change. `¶` is a line break. What the first case shows is left out of the others.");
    try (Workbench bench = Workbench.open("fidelity");
        ScriptedSite site = new ScriptedSite()) {
      Nginx nginx = bench.add(Nginx.proxy(bench.folder("nginx"), site.address()));
      String weir =
          Workbench.address(bench.main(BareProxy.class, List.of(site.address())), "listen");
      List<List<String>> rows = new ArrayList<>();
      List<String> nginxUsual = new ArrayList<>();
      List<String> weirUsual = new ArrayList<>();
      for (Case each : CASES) {
        List<String> byNginx = through(nginx.address(), site, each);
        List<String> byWeir = through(weir, site, each);
        rows.add(List.of(each.name, cell(byNginx, nginxUsual), cell(byWeir, weirUsual)));
        if (rows.size() == 1) {
          nginxUsual = byNginx;
          weirUsual = byWeir;
        }
      }
      report.table(List.of("case", "through nginx", "through Weir"), rows);
    }
  }

  /** What is not as usual. */
  private static String cell(List<String> changes, List<String> usual) {
    List<String> unusual = new ArrayList<>(changes);
    usual.forEach(unusual::remove);
    return unusual.isEmpty() ? "=" : String.join(" ", unusual);
  }

  /** What was changed on the way there and back. */
  private static List<String> through(String proxy, ScriptedSite site, Case each)
      throws IOException {
    site.answerWith(octets(each.answer));
    int colon = proxy.lastIndexOf(':');
    String got;
    try (Socket client = new Socket()) {
      client.connect(new InetSocketAddress(
          proxy.substring(0, colon), Integer.parseInt(proxy.substring(colon + 1))));
      client.getOutputStream().write(octets(each.request));
      got = untilSilence(client);
    }
    String request = text(site.taken());
    int answers = Math.max(1, each.request.split(" HTTP/1", -1).length - 1);
    List<String> changes = new ArrayList<>(changes(each.request, request));
    changes.addAll(changes(each.answer.repeat(answers), got));
    return changes;
  }

  /** What comes until nothing has come for a while. */
  private static String untilSilence(Socket from) throws IOException {
    from.setSoTimeout((int) PATIENCE.toMillis());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = from.getInputStream();
    try {
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        all.write(octet);
        from.setSoTimeout((int) SILENCE.toMillis());
      }
    } catch (SocketTimeoutException silent) {
      // that is all
    }
    return text(all.toByteArray());
  }

  private static List<String> changes(String sent, String got) {
    List<String> before = lines(sent);
    List<String> after = lines(got);
    List<String> gone = new ArrayList<>(before);
    after.forEach(gone::remove);
    List<String> added = new ArrayList<>(after);
    before.forEach(added::remove);
    if (gone.isEmpty() && added.isEmpty() && !got.equals(sent)) {
      return List.of("other order");
    }
    return Stream.concat(
            gone.stream().map(line -> "-" + line), added.stream().map(line -> "+" + line))
        .map(line -> "`" + line.replace("\n", "␊").replaceAll("Date: .*", "Date: …") + "`")
        .toList();
  }

  private static List<String> lines(String text) {
    return List.of(text.split("(?<=¶)"));
  }

  private static byte[] octets(String text) {
    return text.replace("¶", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1).replace("\r\n", "¶");
  }
}
