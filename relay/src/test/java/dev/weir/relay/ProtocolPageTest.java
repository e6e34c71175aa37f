package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.weir.unit.ByteSize;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.Extension;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.Peek;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Report;
import dev.weir.wire.Settlement;
import dev.weir.wire.Stored;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds {@code docs/reference/protocol.md} to the code and to the fixture files. */
final class ProtocolPageTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path PAGE = PROJECT.resolve("docs/reference/protocol.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^## (GET|POST) (\\S+)$");
  private static final Pattern STATUS_ROW = Pattern.compile("(?m)^\\| (\\d{3}) \\|");
  private static final Pattern STATUS_IN_CODE =
      Pattern.compile("(?:problem|of|Answer)\\(\\s*(\\d{3})\\b");

  /** What the page's JSON examples are, in their order. */
  private static final List<Class<?>> EXAMPLES = List.of(
      Problem.class,
      Stored.class,
      LeaseRequest.class,
      Settlement.class,
      Extension.class,
      Peek.class,
      Report.class,
      Report.class,
      DeadQuery.class,
      DeadPage.class,
      GroupOrder.class,
      GroupOrder.Done.class);

  @TempDir
  private Path data;

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = ProtocolPageTest.class.getResourceAsStream("/fixtures/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$")
        .matcher(page())
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "capture-full.cbor",
        "capture-from-the-future.cbor",
        "shipped.cborseq",
        "leased.cborseq"
      })
  void showsTheFixtureAsItIs(String name) throws IOException {
    MatchResult example = Pattern.compile("(?s)`" + Pattern.quote(name)
            + "`, in diagnostic notation:\\n\\n```\\n(.*?)```\\n\\nand in hex:\\n\\n```\\n(.*?)```")
        .matcher(page())
        .results()
        .findFirst()
        .orElseThrow();
    assertThat(example.group(2).replaceAll("\\s", ""))
        .isEqualTo(HexFormat.of().formatHex(fixture(name)));
    assertThat(withoutSpace(example.group(1)))
        .isEqualTo(withoutSpace(Diagnostic.of(fixture(name))));
  }

  /** Texts keep no spaces either: on both sides, and no fixture differs from another by one. */
  private static String withoutSpace(String notation) {
    return notation.replaceAll("\\s", "");
  }

  @Test
  void namesEveryHeaderPathAndMediaType() throws Exception {
    for (Field constant : Protocol.class.getFields()) {
      Object value = constant.get(null);
      String written = value instanceof ByteSize size ? (size.bytes() >> 20) + " MB" : "" + value;
      assertThat(page()).contains(written);
    }
    Set<String> paths = new TreeSet<>(Set.of(Protocol.REPORTS_PATH, Protocol.RELOAD_PATH));
    for (Method path : Protocol.class.getMethods()) {
      if (path.getName().endsWith("Path")) {
        String name = path.getParameterTypes()[0] == String.class ? "{lease}" : "{bucket}";
        paths.add((String) path.invoke(null, name));
      }
    }
    assertThat(headings("POST")).containsExactlyInAnyOrderElementsOf(paths);
  }

  @Test
  void describesEveryPathOfTheAdminListener() throws IOException {
    String routes = Files.readString(source("relay", "relay/page/AdminRoutes.java"));
    List<String> paths = Pattern.compile("\\.get\\(\"([^\"]+)\"")
        .matcher(routes)
        .results()
        .map(path -> path.group(1))
        .toList();
    assertThat(paths).isNotEmpty();
    assertThat(page()).contains(paths.stream().map(path -> "GET " + path).toList());
    try (TestRelay relay = TestRelay.start(data)) {
      for (String path : headings("GET")) {
        assertThat(relay.getAs(path, "Accept", "*/*")).as(path).isEqualTo(200);
      }
    }
  }

  private static List<String> headings(String method) throws IOException {
    return HEADING
        .matcher(page())
        .results()
        .filter(heading -> heading.group(1).equals(method))
        .map(heading -> heading.group(2))
        .toList();
  }

  @Test
  void listsTheStatusesThatAreAnswered() throws IOException {
    Set<String> answered = new TreeSet<>();
    for (Path file : answering()) {
      STATUS_IN_CODE
          .matcher(Files.readString(file))
          .results()
          .forEach(status -> answered.add(status.group(1)));
    }
    assertThat(answered).contains("200", "410", "507");
    assertThat(STATUS_ROW.matcher(page()).results().map(row -> row.group(1)).distinct())
        .containsExactlyInAnyOrderElementsOf(answered);
  }

  /** The files that answer calls. */
  private static List<Path> answering() throws IOException {
    try (Stream<Path> http = Files.list(source("common", "http"));
        Stream<Path> relay = Files.walk(source("relay", "relay"))) {
      return Stream.concat(http, relay)
          .filter(path -> path.toString().endsWith(".java"))
          .toList();
    }
  }

  private static Path source(String module, String below) {
    return PROJECT.resolve(module + "/src/main/java/dev/weir/" + below);
  }

  @Test
  void repeatsTheFormatsOfTheCodecs() throws IOException {
    String code = Files.readString(source("common", "wire/BatchCodec.java"))
        + Files.readString(source("common", "capture/CaptureCodec.java"));
    assertThat(formats(String.join("\n", blocks("")), "")).isEqualTo(formats(code, " \\* "));
  }

  /** The lines that say what something is made of. */
  private static Set<String> formats(String text, String indent) {
    return Pattern.compile("(?m)^" + indent + "(\\w+ += [*({\\[].*)$")
        .matcher(text)
        .results()
        .map(line -> line.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void givesExamplesThatTheRecordsTake() throws IOException {
    List<String> examples = blocks("json");
    assertThat(examples).hasSameSizeAs(EXAMPLES);
    ObjectReader strict =
        Json.MAPPER.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    for (int i = 0; i < examples.size(); i++) {
      Object value = strict.readValue(examples.get(i), EXAMPLES.get(i));
      assertThat(tree(Json.text(value))).as("every key is there").isEqualTo(tree(examples.get(i)));
    }
  }

  /** Words count, not their case. */
  private static JsonNode tree(String json) throws IOException {
    return Json.MAPPER.readTree(json.toLowerCase(Locale.ROOT));
  }

  @Test
  void answersTheExampleAsThePageSays() throws Exception {
    try (TestRelay relay = TestRelay.start(data)) {
      Request request = relay
          .post(Protocol.capturesPath("shop"), Zstd.compress(fixture("shipped.cborseq")))
          .header("Content-Encoding", Protocol.ZSTD)
          .header(Protocol.RUN, "0123456789abcdef0123456789abcdef")
          .header(Protocol.ACKED, "6")
          .build();
      try (Response response = relay.client().newCall(request).execute()) {
        Stored said = Json.read(response.body().bytes(), Stored.class);
        Stored shown = Json.MAPPER.readValue(blocks("json").get(1), Stored.class);
        assertThat(said.storedThrough()).isEqualTo(shown.storedThrough());
        assertThat(said.duplicates()).isEqualTo(shown.duplicates());
        assertThat(said.bucket().limit()).isEqualTo(shown.bucket().limit());
      }
    }
  }
}
