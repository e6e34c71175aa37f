package dev.weir.script.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.luaj.vm2.LuaValue;

final class ScriptTestsTest {
  private static final Path SCRIPTS = Path.of("..", "scripts");
  private static final Path LIBRARIES = Path.of("src", "test", "lua");

  @TempDir
  private Path folder;

  @Test
  void theShippedScriptsPassTheirTests() throws Exception {
    assertPasses(SCRIPTS);
  }

  @Test
  void theLibrariesPassTheirTests() throws Exception {
    assertPasses(LIBRARIES);
  }

  private static void assertPasses(Path folder) throws Exception {
    TestReport report = ScriptTests.run(folder);
    StringBuilder text = new StringBuilder();
    report.print(text);
    assertThat(report.passed()).as(text.toString()).isTrue();
    assertThat(report.cases()).hasSizeGreaterThan(30);
  }

  @Test
  void everyShippedScriptHasItsTest() throws Exception {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      List<String> names = files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".lua") && !name.equals("weir.d.lua"))
          .toList();
      assertThat(names)
          .filteredOn(name -> !name.endsWith("_test.lua"))
          .hasSize(11)
          .allSatisfy(name -> assertThat(names).contains(name.replace(".lua", "_test.lua")));
    }
  }

  @Test
  void everyShippedScriptHasItsPage() throws Exception {
    Path pages = Path.of("..", "docs", "how-to");
    String list = Files.readString(pages.resolve("README.md"));
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      List<String> scripts = files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[a-z-]+\\.lua"))
          .toList();
      assertThat(scripts).hasSize(11);
      for (String script : scripts) {
        String page = script.replace(".lua", ".md");
        assertThat(list).contains("](" + page + ") | `" + script + "`");
        assertThat(Files.readString(pages.resolve(page))).contains("scripts/" + script);
      }
    }
  }

  /** Under the names that the reference lists: nil, the empty string, binary, and 2^53 + 1. */
  @Test
  void everyLibraryIsTriedWithWhatIsOdd() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "reference", "lua.md"));
    String libraries = page.substring(page.indexOf("## Libraries"), page.indexOf("`hash.slot(key"));
    Set<String> names = Pattern.compile("(?m)^\\| (`[^|]+) \\|")
        .matcher(libraries)
        .results()
        .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", ")))
        .collect(Collectors.toSet());
    assertThat(names).hasSizeGreaterThan(20).contains("json", "every", "retry");
    for (String name : names) {
      Path test = LIBRARIES.resolve(name + "_test.lua");
      Path script = LIBRARIES.resolve(name + ".lua");
      String source =
          Files.readString(test) + (Files.exists(script) ? Files.readString(script) : "");
      assertThat(source)
          .as(name)
          .contains("nil", "\"\"")
          .containsPattern("\\\\(0|255)")
          .containsPattern("9007199254740993|2\\^53");
    }
  }

  @Test
  void tellsWhatFailedAndWhere() throws Exception {
    Files.writeString(folder.resolve("mine.lua"), "function on_capture(req) req.nope = 1 end");
    Files.writeString(folder.resolve("mine_test.lua"), """
        test("is right", function(t) t.eq(1, 1) end)
        test("is wrong", function(t) t.eq("a", "b") end)
        test("errs", function(t) t.capture{path = "/"} end)
        test("knows what it asserts", function(t) t.equals(1, 1) end)
        """);
    Files.writeString(folder.resolve("broken_test.lua"), "test(");
    Files.writeString(folder.resolve("empty_test.lua"), "");

    TestReport report = ScriptTests.run(folder);
    StringBuilder text = new StringBuilder();
    report.print(text);

    assertThat(report.failures()).isEqualTo(5);
    assertThat(text.toString())
        .contains("mine_test.lua: tests run: 4, failures: 3")
        .contains("mine_test.lua:2: expected \"b\", got \"a\"")
        .contains("mine.lua:1: req has no field \"nope\"")
        .contains("t has no \"equals\"")
        .contains("broken_test.lua:1: unexpected <eof>")
        .contains("empty_test.lua: holds no test")
        .endsWith(String.format("tests run: 6, failures: 5%n"));
    assertThat(report.xml()).contains("tests=\"6\" failures=\"5\"").contains("&quot;b&quot;");
  }

  @Test
  void everyNameOfTheBenchIsInTheReference() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "reference", "lua.md"));
    try (TestBench bench = new TestBench(null)) {
      for (LuaValue name : bench.library().keys()) {
        assertThat(page).contains("`t." + name.tojstring() + "(");
      }
    }
  }

  @Test
  void eachTestStartsAfresh() throws Exception {
    Files.writeString(folder.resolve("count.lua"), """
        local seen = 0
        function on_capture(req) seen = seen + 1 req.meta.seen = seen end""");
    Files.writeString(folder.resolve("count_test.lua"), """
        test("one", function(t) t.capture{} t.eq(t.capture{}.meta.seen, "2") end)
        test("two", function(t) t.eq(t.capture{}.meta.seen, "1") end)""");

    assertThat(ScriptTests.run(folder).passed()).isTrue();
  }
}
