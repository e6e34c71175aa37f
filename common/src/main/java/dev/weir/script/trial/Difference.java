package dev.weir.script.trial;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import dev.weir.script.view.ContentCoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaError;

/** What changed between two forms of a capture, line by line: {@code -} before, {@code +} after. */
final class Difference {
  private static final int MOST_LINES = 300;
  private static final int LONGEST_LINE = 300;
  private static final int LARGEST_BODY = 256 << 10;

  private Difference() {}

  static List<String> between(Capture before, Capture after) {
    List<String> old = lines(before);
    List<String> now = lines(after);
    int[][] common = new int[old.size() + 1][now.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = now.size() - 1; j >= 0; j--) {
        common[i][j] = old.get(i).equals(now.get(j))
            ? common[i + 1][j + 1] + 1
            : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<String> changes = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < old.size() || j < now.size()) {
      if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
        i++;
        j++;
      } else if (j == now.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
        changes.add("- " + old.get(i++));
      } else {
        changes.add("+ " + now.get(j++));
      }
    }
    return changes;
  }

  private static List<String> lines(Capture capture) {
    List<String> lines = new ArrayList<>();
    Request request = capture.request();
    lines.add(request.method() + " " + request.target() + " " + request.version());
    lines.add("(to " + request.scheme() + "://" + request.authority() + ", session "
        + capture.session() + ")");
    add(request.headers(), request.body(), request.trailers(), lines);
    capture.meta().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> lines.add("(meta " + entry.getKey() + " = " + entry.getValue() + ")"));
    Response response = capture.response();
    if (response != null) {
      lines.add("(answer) " + response.status());
      add(response.headers(), response.body(), response.trailers(), lines);
    }
    return lines.size() > MOST_LINES ? lines.subList(0, MOST_LINES) : lines;
  }

  private static void add(Headers headers, Body body, Headers trailers, List<String> lines) {
    headers.forEach(field -> lines.add(cut(field.name() + ": " + field.value())));
    if (body.size() > 0) {
      text(headers, body).lines().limit(MOST_LINES).forEach(line -> lines.add(cut(line)));
    }
    trailers.forEach(field -> lines.add(cut("(trailer) " + field.name() + ": " + field.value())));
  }

  private static String cut(String line) {
    return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
  }

  private static String text(Headers headers, Body body) {
    try {
      byte[] plain = ContentCoding.decode(ContentCoding.of(headers), body.bytes(), (more, size) -> {
        if (size > LARGEST_BODY) {
          throw new LuaError("too large to show");
        }
      });
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(plain)).toString();
    } catch (CharacterCodingException | LuaError e) {
      return "(" + body + " of binary data, hash " + Integer.toHexString(body.hashCode()) + ")";
    }
  }
}
