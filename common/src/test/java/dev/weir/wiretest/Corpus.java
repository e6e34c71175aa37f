package dev.weir.wiretest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests that somebody sends who means harm, and what each listener is to make of them:
 * {@code hostile/requests.txt}, which explains itself.
 */
public final class Corpus {
  private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|.)");
  private static final Pattern REPEAT = Pattern.compile("<([^<>]+)\\*(\\d+)>");

  private Corpus() {}

  /**
   * One request, or several that come at once.
   *
   * @param proxied what a source of the proxy makes of it
   * @param called what a listener of a role does
   */
  public record Case(String name, String proxied, String called, String text) {
    public byte[] bytes() {
      return Wire.bytes(text);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  public static List<Case> requests() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = Corpus.class.getResourceAsStream("/hostile/requests.txt")) {
      String file = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : file.lines().toList()) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          String[] columns = line.split(" +\\| ?", 4);
          cases.add(new Case(columns[0], columns[1], columns[2], unescaped(columns[3])));
        }
      }
    }
    return cases;
  }

  private static String unescaped(String text) {
    String repeated = REPEAT
        .matcher(text)
        .replaceAll(part ->
            Matcher.quoteReplacement(part.group(1).repeat(Integer.parseInt(part.group(2)))));
    return ESCAPE
        .matcher(repeated)
        .replaceAll(escape -> Matcher.quoteReplacement(
            switch (escape.group(1).charAt(0)) {
              case 'n' -> "\n";
              case 'r' -> "\r";
              case 't' -> "\t";
              case '0' -> "\0";
              case 'x' -> String.valueOf((char) Integer.parseInt(escape.group(1).substring(1), 16));
              default -> escape.group(1);
            }));
  }
}
