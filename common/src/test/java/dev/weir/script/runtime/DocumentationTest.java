package dev.weir.script.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.Library;
import dev.weir.script.trial.ScriptTests;
import dev.weir.script.view.RequestView;
import dev.weir.script.view.ResponseView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.luaj.vm2.LuaValue;

/** What is written about scripts holds: every name is there, every example runs. */
final class DocumentationTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path REFERENCE = DOCS.resolve("reference/lua.md");
  private static final Path ANNOTATIONS = Path.of("..", "scripts", "weir.d.lua");
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```lua\\n(.*?)^```");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

  /** Of Lua itself, beside those with a row of their own. */
  private static final Set<String> LANGUAGE = Set.of("string", "table", "math", "coroutine", "os");

  @TempDir
  private Path folder;

  private static Map<String, LuaValue> names() throws Exception {
    return Names.of(
        ScriptSettings.of(Path.of("x.lua")), Host.system(), new ScriptLog("x", () -> 0));
  }

  private static String section(String page, String title) {
    int from = page.indexOf("\n## " + title + "\n");
    assertThat(from).as("section " + title).isPositive();
    int end = page.indexOf("\n## ", from + 4);
    return page.substring(from, end < 0 ? page.length() : end);
  }

  private static Set<String> code(String text) {
    Set<String> found = new TreeSet<>();
    Matcher code = CODE.matcher(EXAMPLE.matcher(text).replaceAll(""));
    while (code.find()) {
      found.add(code.group(1));
    }
    return found;
  }

  @Test
  void everyGlobalNameIsInTheReferenceAndTheAnnotations() throws Exception {
    String libraries = section(Files.readString(REFERENCE), "Libraries");
    String annotations = Files.readString(ANNOTATIONS);
    Set<String> code = code(libraries);
    for (Map.Entry<String, LuaValue> name : names().entrySet()) {
      assertThat(code).contains(name.getKey());
      if (name.getValue() instanceof Library library && !LANGUAGE.contains(name.getKey())) {
        for (LuaValue function : library.keys()) {
          assertThat(libraries).as(name.getKey()).contains(function.tojstring());
          assertThat(annotations).contains(name.getKey() + "." + function.tojstring());
        }
      }
    }
    for (String name : List.of("every", "emit", "request", "pcall", "setmetatable", "load")) {
      assertThat(code).contains(name);
    }
  }

  @Test
  void theReadmeShowsTheScriptThatItNames() throws Exception {
    String shipped = Files.readString(Path.of("..", "scripts", "scrub-session-cookies.lua"));
    Matcher shown = EXAMPLE.matcher(Files.readString(Path.of("..", "README.md")));
    assertThat(shown.find()).isTrue();
    assertThat(shown.group(1).lines().filter(line -> !line.isBlank()))
        .allSatisfy(line -> assertThat(shipped.lines()).contains(line));
  }

  @Test
  void everyNameInTheListOfLibrariesExists() throws Exception {
    Map<String, LuaValue> names = names();
    Set<String> machine = Set.of("every", "emit", "request");
    section(Files.readString(REFERENCE), "Libraries")
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(0, line.indexOf('|', 1)))
        .flatMap(cell -> code(cell).stream())
        .forEach(name -> assertThat(names.containsKey(name) || machine.contains(name))
            .as(name)
            .isTrue());
  }

  @Test
  void everyFieldIsInTheReferenceAndTheAnnotations() throws Exception {
    String page = Files.readString(REFERENCE);
    String annotations = Files.readString(ANNOTATIONS);
    Set<String> request = code(section(page, "The request"));
    RequestView.fields().forEach(field -> {
      assertThat(request).anyMatch(code -> code.equals(field) || code.startsWith("req:" + field));
      assertThat(annotations).containsPattern("(---@field |function Request:)" + field + "\\b");
    });
    Set<String> answer = code(section(page, "The answer"));
    ResponseView.fields().forEach(field -> {
      assertThat(answer).contains(field);
      assertThat(annotations).contains("---@field " + field + " ");
    });
    Set<String> fields = new TreeSet<>();
    RequestView.fields().forEach(fields::add);
    section(page, "The request")
        .lines()
        .filter(line -> line.startsWith("| `") && !line.contains("req:"))
        .map(line -> line.substring(0, line.indexOf('|', 1)))
        .flatMap(cell -> code(cell).stream())
        .forEach(name -> assertThat(fields).contains(name));
  }

  static Stream<Arguments> examples() throws IOException {
    List<Arguments> examples = new ArrayList<>();
    try (Stream<Path> pages = Files.walk(DOCS)) {
      for (Path page :
          pages.filter(each -> each.toString().endsWith(".md")).sorted().toList()) {
        Matcher example = EXAMPLE.matcher(Files.readString(page));
        for (int number = 1; example.find(); number++) {
          examples.add(Arguments.of(page.getFileName() + " " + number, example.group(1)));
        }
      }
    }
    assertThat(examples).hasSizeGreaterThan(15);
    return examples.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void everyExampleRuns(String name, String source) throws Exception {
    if (source.contains("test(\"")) {
      Files.writeString(folder.resolve("scrub.lua"), """
          function on_capture(req)
            if req.path == "/health" then return drop "health check" end
            req.cookies:drop{"sid"}
          end""");
      Files.writeString(folder.resolve("scrub_test.lua"), source);
      assertThat(ScriptTests.run(folder).cases()).allMatch(each -> each.failure() == null);
      return;
    }
    ScriptSettings script = Scripts.file(folder, "example.lua", source);
    for (Stage stage : List.of(Stage.CAPTURE, Stage.REPLAY)) {
      ScriptSet set = ScriptSet.load(List.of(script), Scope.of(stage), Host.system());
      try (PlayerHook hook = set.open()) {
        for (Capture capture : samples()) {
          assertThat(hook.run(capture)).isNotInstanceOf(Result.Failed.class);
          assertThat(hook.judge(capture, Origin.NONE, Captures.answer(401, "{}"), null))
              .isNotInstanceOf(Verdict.Failed.class);
        }
        assertThat(hook.batch(samples())).isNotInstanceOf(Result.Failed.class);
      }
    }
  }

  private static List<Capture> samples() {
    return List.of(
        Captures.get("/users/7?debug=1", "Cookie", "theme=dark; sid=1; pref_x=2", "X-User", "jane"),
        Captures.get("/health"),
        Captures.post(
            "/v1/orders",
            "{\"id\":9007199254740993,\"items\":[],\"email\":\"a@b\",\"plate\":\"W-12\"}",
            "Content-Type",
            "application/json",
            "X-Internal",
            "1"),
        Captures.post("/bulk", "[1,{\"a\":null}]"),
        Captures.post(
            "/login", "user=jane&password=x", "Content-Type", "application/x-www-form-urlencoded"),
        Captures.post("/log", "2024-05-06T07:08:09Z WARN disk is full"));
  }
}
