package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Does what a page says, word by word, in a folder of its own; only the ports are others. */
final class Walkthrough implements AutoCloseable {
  private static final Pattern SHELL = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
  private static final Pattern FILE = Pattern.compile("(?ms)^```yaml\\n# (\\S+)\\n(.*?)^```$");
  private static final Pattern SECRET = Pattern.compile("printf %s (\\S+) > (\\S+)");

  private final Path page;
  private final Path folder;
  private final Map<String, String> ports;
  private final Map<String, RoleProcess> roles = new LinkedHashMap<>();

  private Walkthrough(Path page, Path folder, Map<String, String> ports) {
    this.page = page;
    this.folder = folder;
    this.ports = ports;
  }

  /** The page's production is on port 3000 and its staging site on port 4000. */
  static Walkthrough of(Path page, Path folder, String production, String staging)
      throws IOException {
    return new Walkthrough(
        page,
        folder,
        Map.of(
            "127.0.0.1:3000", production,
            "127.0.0.1:4000", staging,
            "127.0.0.1:7070", freeAddress(),
            "127.0.0.1:7071", freeAddress(),
            "127.0.0.1:8080", freeAddress()));
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + probe.getLocalPort();
    }
  }

  /** The lines of a page's shell blocks. */
  static List<String> commands(Path page) throws IOException {
    return SHELL
        .matcher(Files.readString(page))
        .results()
        .flatMap(block -> block.group(1).lines())
        .toList();
  }

  /** The page's text with our ports in place of its own. */
  String moved(String text) {
    String moved = text;
    for (Map.Entry<String, String> port : ports.entrySet()) {
      moved = moved.replace(port.getKey(), port.getValue());
    }
    return moved;
  }

  /** The one command that begins so, moved. */
  String command(String begin) throws IOException {
    List<String> found = commands(page).stream()
        .filter(line -> line.startsWith(begin))
        .distinct()
        .toList();
    assertThat(found).as("commands that begin with " + begin).hasSize(1);
    return moved(found.get(0));
  }

  /** Writes the configurations and tokens that the page has its reader write. */
  void writeFiles() throws IOException {
    Matcher file = FILE.matcher(Files.readString(page));
    while (file.find()) {
      Files.writeString(folder.resolve(file.group(1)), moved(file.group(2)));
    }
    for (String line : commands(page)) {
      Matcher secret = SECRET.matcher(line);
      if (secret.matches()) {
        Files.writeString(folder.resolve(secret.group(2)), secret.group(1));
      }
    }
  }

  /** Starts the role whose command begins so; returns once it is ready. */
  RoleProcess start(String begin) throws IOException {
    List<String> words = List.of(command(begin).split(" +"));
    assertThat(words.get(0)).isEqualTo("./weir");
    List<String> weir = Stream.concat(
            Stream.of("sh", "-c", "cd \"$0\" && exec \"$@\"", folder.toString()),
            Weir.command("-Xmx256m").stream())
        .toList();
    RoleProcess role = RoleProcess.start(
        weir, folder.resolve(words.get(1) + ".log"), words.subList(1, words.size()));
    roles.put(begin, role);
    return role;
  }

  /** SIGTERM to all, the last one first; each must end well. */
  void stopAll() throws IOException, InterruptedException {
    List<RoleProcess> last = new ArrayList<>(roles.values());
    Collections.reverse(last);
    for (RoleProcess role : last) {
      assertThat(role.stop()).as(role.talk()).isZero();
    }
  }

  @Override
  public void close() {
    roles.values().forEach(RoleProcess::close);
  }
}
