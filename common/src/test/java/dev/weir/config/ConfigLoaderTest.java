package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {
  public enum Color {
    LIGHT_RED,
    BLUE
  }

  public record Pool(
      @Default("10MB") ByteSize maxBytes, @Default("7d") Duration maxAge) {
    public Pool {
      new Check().that(maxBytes.bytes() > 10, "max-bytes", "too small").end();
    }
  }

  public record Inlet(ListenAddress listen, List<BucketName> buckets) {}

  public record Site(
      String name,
      @Nullable Secret token,
      @Nullable Rate rate,
      @Default("blue") Color color,
      @Default("false") boolean open,
      @Default("3") int count,
      @Default("0.5") double share,
      @FolderToWrite @Nullable Path folder,
      @FileToRead List<Path> scripts,
      List<Inlet> inlets,
      Map<BucketName, Pool> pools,
      Pool spare) {
    public Site {
      Check check = new Check();
      for (int i = 0; i < inlets.size(); i++) {
        for (int j = 0; j < inlets.get(i).buckets().size(); j++) {
          check.that(
              pools.containsKey(inlets.get(i).buckets().get(j)),
              "inlets[" + i + "].buckets[" + j + "]",
              "no pool " + inlets.get(i).buckets().get(j),
              "pools");
        }
      }
      check.end();
    }
  }

  @TempDir
  Path folder;

  private final Map<String, String> environment = Map.of("COLOR", "light-red", "EMPTY", "");
  private final ConfigLoader loader = new ConfigLoader(Surroundings.system(environment::get));

  private String problemsOf(String yaml) {
    return catchThrowableOfType(ConfigException.class, () -> loader.parse(yaml, Site.class))
        .getMessage();
  }

  @Test
  void readsEveryKindOfValue() throws ConfigException {
    Site site = loader.parse("""
        name: main
        token: abc
        rate: 50/s
        color: light-red
        open: true
        count: 12
        share: 0.25
        folder: some/where
        inlets:
          - listen: 127.0.0.1:80
            buckets: [a, b]
        pools:
          a: {max-bytes: 1MB}
          b:
        """, Site.class);
    assertThat(site)
        .isEqualTo(new Site(
            "main",
            new Secret("abc"),
            new Rate(50),
            Color.LIGHT_RED,
            true,
            12,
            0.25,
            Path.of("some/where"),
            List.of(),
            List.of(new Inlet(
                new ListenAddress("127.0.0.1", 80),
                List.of(new BucketName("a"), new BucketName("b")))),
            Map.of(
                new BucketName("a"),
                new Pool(ByteSize.ofMegabytes(1), Duration.ofDays(7)),
                new BucketName("b"),
                new Pool(ByteSize.ofMegabytes(10), Duration.ofDays(7))),
            new Pool(ByteSize.ofMegabytes(10), Duration.ofDays(7))));
  }

  @Test
  void takesWhatIsLeftOutFromTheDefaults() throws ConfigException {
    Site site = loader.parse("name: x", Site.class);
    assertThat(site.token()).isNull();
    assertThat(site.color()).isEqualTo(Color.BLUE);
    assertThat(site.inlets()).isEmpty();
    assertThat(site.spare().maxAge()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void listsEveryProblemWithItsPlaceAndLine() {
    assertThat(problemsOf("""
            nmae: main
            rate: 50
            color: lihgt-red
            open: yes
            count: 010
            inlets:
              - listen: 127.0.0.1
                buckets: [A, b]
                colour: x
            pools:
              b: {max-bytes: 5B, max-agee: 1}
            """)).isEqualTo("""
            configuration:1:1: unknown key "nmae"; did you mean "name"?
              1 | nmae: main
                | ^
            configuration:2:7: "50" is not a rate: write a whole number and /s, such as 50/s
              2 | rate: 50
                |       ^
            configuration:3:8: "lihgt-red" is not known here; did you mean "light-red"?
              3 | color: lihgt-red
                |        ^
            configuration:4:7: "yes" is not true or false
              4 | open: yes
                |       ^
            configuration:5:8: "010" is not a whole number
              5 | count: 010
                |        ^
            configuration:7:13: "127.0.0.1" has no port: write host:port, such as 127.0.0.1:8080 or :8080
              7 |   - listen: 127.0.0.1
                |             ^
            configuration:8:15: "A" is not a bucket name: use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit
              8 |     buckets: [A, b]
                |               ^
            configuration:9:5: unknown key "colour" in inlets[0]; expected one of listen, buckets
              9 |     colour: x
                |     ^
            configuration:11:18: too small
              11 |   b: {max-bytes: 5B, max-agee: 1}
                 |                  ^
            configuration:11:22: unknown key "max-agee" in pools.b; did you mean "max-age"?
              11 |   b: {max-bytes: 5B, max-agee: 1}
                 |                      ^
            configuration:11:32: "1" is not a duration: write a whole number and a unit, such as 10s (units: ms, s, m, h, d)
              11 |   b: {max-bytes: 5B, max-agee: 1}
                 |                                ^
            11 problems""");
  }

  @Test
  void checksReferencesAlthoughAnotherValueIsWrong() {
    assertThat(problemsOf("""
            name: x
            count: many
            inlets:
              - {listen: wrong, buckets: [a]}
              - {listen: ":80", buckets: [a, lost]}
            pools: {a: {}}
            """)).contains("configuration:5:34: no pool lost").endsWith("3 problems");
  }

  @Test
  void checksReferencesAlthoughAKeyIsMissing() {
    assertThat(problemsOf("inlets: [{listen: ':80', buckets: [lost]}]\nspare: {max-bytes: 1B}"))
        .contains("no \"name\"")
        .contains("configuration:1:36: no pool lost")
        .contains("too small")
        .endsWith("3 problems");
  }

  @Test
  void saysNothingThatRestsOnWhatCouldNotBeRead() {
    assertThat(problemsOf("""
            name: x
            inlets: [{listen: ":80", buckets: [a]}]
            pools: {a: {max-bytes: 1B}}
            """)).contains("too small").endsWith("1 problem");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"on", "no", "yes", "y", "null-ish", "1e3", "0x1F", "12:30:45", "2026-01-01"})
  void readsNoMeaningIntoText(String text) throws ConfigException {
    assertThat(loader.parse("name: " + text, Site.class).name()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"010", "0x10", "1_000", "1e3", "+5", "12:30", "1.0", "99999999999", "~x"})
  void takesOnlyPlainDecimalsForNumbers(String text) {
    assertThat(problemsOf("name: x\ncount: " + text)).startsWith("configuration:2:8: ");
  }

  @Test
  void takesAKeyWithoutAValueAsLeftOut() throws ConfigException {
    Site site = loader.parse(
        "name: x\ncolor:\ntoken: ~\nfolder: ${EMPTY}\npools:\nspare: null", Site.class);
    assertThat(site.color()).isEqualTo(Color.BLUE);
    assertThat(site.token()).isNull();
    assertThat(site.folder()).isNull();
    assertThat(problemsOf("name:")).contains("no \"name\"");
    assertThat(problemsOf("name: x\ntoken: ''")).contains("a secret cannot be empty");
  }

  @Test
  void fillsInVariables() throws ConfigException {
    Site site = loader.parse(
        "name: a ${X:-b} $$ ${COLOR} $1 $${COLOR} ${EMPTY:-c}\ncolor: ${COLOR}", Site.class);
    assertThat(site.name()).isEqualTo("a b $ light-red $1 ${COLOR} c");
    assertThat(site.color()).isEqualTo(Color.LIGHT_RED);
  }

  @Test
  void namesAVariableThatIsMissing() {
    assertThat(
            problemsOf("name: ${A}\ncolor: ${B:?the color of the site}\nfolder: ${C\nrate: ${1}"))
        .contains(
            "configuration:1:7: environment variable A is not set: set it, or write ${A:-default}")
        .contains("configuration:2:8: environment variable B is not set: the color of the site")
        .contains("configuration:3:9: ${ without its }")
        .contains("configuration:4:7: \"${1}\" is not understood");
  }

  @Test
  void leavesCommentsAndKeysAlone() throws ConfigException {
    assertThat(loader.parse("# ${NOPE}\nname: x", Site.class).name()).isEqualTo("x");
    assertThat(problemsOf("name: x\n${COLOR}: y")).contains("unknown key \"${COLOR}\"");
  }

  @Test
  void readsASecretOutOfAFileBesideTheConfiguration() throws Exception {
    Files.writeString(folder.resolve("ship"), "s3cret\n");
    Path file = Files.writeString(folder.resolve("a.yaml"), "name: x\ntoken: ${file:ship}");
    Site site = loader.load(file, Site.class);
    assertThat(site.token()).isEqualTo(new Secret("s3cret"));
    assertThat(site.toString()).contains("token=***").doesNotContain("s3cret");
    Files.writeString(file, "name: x\ncount: ${file:ship}\ntoken: ${file:nowhere}");
    assertThatThrownBy(() -> loader.load(file, Site.class))
        .hasMessageContaining("what the file holds cannot be used here")
        .hasMessageContaining("there is no file " + folder.resolve("nowhere"))
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void neverShowsASecret() {
    assertThat(problemsOf("{name: x, token: s3cret, colr: blue}")).isEqualTo("""
            configuration:1:26: unknown key "colr"; did you mean "color"?
              1 | {name: x, token: ***, colr: blue}
                |                       ^
            1 problem""");
    assertThat(problemsOf("name: x\ntokn: s3cret")).doesNotContain("s3cret");
    assertThat(problemsOf("name: x\npassword: s3cret")).doesNotContain("s3cret");
    assertThat(problemsOf("name: x\ntoken: [s3cret]")).doesNotContain("s3cret");
    assertThat(problemsOf("name: x\ntoken: \"s3cret\n")).doesNotContain("s3cret");
    assertThat(problemsOf("name: x\ntoken: s3cret: x")).doesNotContain("s3cret");
    assertThat(problemsOf("name: x\ntoken: |\n  s3cret\n  s3cret2\ncount: x"))
        .doesNotContain("s3cret");
  }

  @Test
  void refusesWhatYamlAllowsAndNobodyNeeds() {
    assertThat(problemsOf("name: x\nname: y"))
        .contains(
            "configuration:2:1: key \"name\" stands here a second time; first at configuration:1:1");
    assertThat(problemsOf("name: !x y")).contains("tags such as !x");
    assertThat(problemsOf("a: &a {name: x}\nspare: {<<: *a}")).contains("merge keys");
    assertThat(problemsOf("name: x\n---\nname: y")).contains("another document");
    assertThat(problemsOf("\tname: x")).contains("a tab: yaml is indented with spaces");
    assertThat(problemsOf("[a]: x")).contains("a key must be one word");
    assertThat(problemsOf("- a")).contains("expected keys and values here, not a list");
    assertThat(problemsOf("")).contains("no \"name\"");
  }

  @Test
  void doesNotBlowUpOnAliases() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i))
          .append("*a%d,".formatted(i - 1).repeat(10))
          .append("]\n");
    }
    assertThat(problemsOf(bomb.toString())).contains("more than 100000 values");
    assertThat(problemsOf("a: &a [*a]")).contains("deeper than 32 levels");
    assertThat(problemsOf("a: " + "[".repeat(5_000) + "]".repeat(5_000))).endsWith("1 problem");
  }

  @Test
  void refusesAFileThatIsNotAConfiguration() throws IOException {
    Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> loader.load(large, Site.class))
        .hasMessageContaining("larger than 1 MB");
    Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> loader.load(binary, Site.class)).hasMessageContaining("not UTF-8");
    Path nul = Files.write(folder.resolve("n.yaml"), new byte[] {'a', ':', 0});
    assertThatThrownBy(() -> loader.load(nul, Site.class))
        .hasMessageContaining("not readable as yaml");
    assertThatThrownBy(() -> loader.load(folder.resolve("none.yaml"), Site.class))
        .hasMessageContaining("none.yaml: there is no such file");
  }

  @Test
  void readsJson() throws Exception {
    Path file = Files.writeString(
        folder.resolve("a.json"),
        "{\n\t\"name\": \"a\\/b \\\\/ \\uD83D\\uDE00\",\n\t\"count\":\t5,\"open\": true}");
    Site site = loader.load(file, Site.class);
    assertThat(site.name()).isEqualTo("a/b \\/ 😀");
    assertThat(site.count()).isEqualTo(5);
  }

  @Test
  void laysTheFilesOfAFolderTogether() throws Exception {
    Files.writeString(
        folder.resolve("10.yaml"),
        "name: x\npools: {a: {}}\ninlets: [{listen: ':1', buckets: [a]}]");
    Files.writeString(
        folder.resolve("20.yaml"), "pools: {b: {}}\ninlets: [{listen: ':2', buckets: [b]}]");
    Files.writeString(folder.resolve("notes.txt"), "not: read");
    Site site = loader.load(folder, Site.class);
    assertThat(site.pools()).containsOnlyKeys(new BucketName("a"), new BucketName("b"));
    assertThat(site.inlets()).extracting(i -> i.listen().port()).containsExactly(1, 2);
    Files.writeString(folder.resolve("30.yaml"), "name: y\ncolor: blue\npools: []");
    assertThatThrownBy(() -> loader.load(folder, Site.class))
        .hasMessageContaining(
            "30.yaml:1:7: set here a second time; first at " + folder.resolve("10.yaml") + ":1:7")
        .hasMessageContaining("30.yaml:3:8: set here a second time");
  }

  @Test
  void resolvesPathsAgainstTheFile() throws Exception {
    Path file = Files.writeString(folder.resolve("a.yaml"), "name: x\nfolder: data");
    assertThat(loader.load(file, Site.class).folder()).isEqualTo(folder.resolve("data"));
    Files.writeString(file, "name: x\nfolder: /data");
    assertThat(loader.load(file, Site.class).folder()).isEqualTo(Path.of("/data"));
  }

  @Test
  void takesTheCommandLineForAFile() throws ConfigException {
    Site site = loader.of(
        Map.of(
            "name",
            new Flag("--name", "$HOME ${X}"),
            "inlets",
            List.of(Map.of("listen", new Flag("--listen", ":80")))),
        Site.class);
    assertThat(site.name()).isEqualTo("$HOME ${X}");
    assertThatThrownBy(() -> loader.of(
            Map.of("name", new Flag("--name", "x"), "count", new Flag("--count", "x")), Site.class))
        .hasMessage("--count: \"x\" is not a whole number\n1 problem");
  }

  @Test
  void keepsTheDotsOfANameApartFromThoseOfAPath() {
    assertThat(problemsOf("name: x\npools:\n  a: {}\n  a.b: {max-bytes: 1B}"))
        .contains("configuration:4:20: too small");
  }

  @Test
  void looksForTheFilesThatAreNamed() throws Exception {
    Files.writeString(folder.resolve("there.lua"), "");
    Path file = Files.writeString(
        folder.resolve("a.yaml"),
        "name: x\nfolder: there.lua/below\nscripts: [there.lua, missing.lua, .]");
    assertThatThrownBy(() -> loader.load(file, Site.class))
        .hasMessageContaining("a.yaml:2:9: folder " + folder + "/there.lua/below can neither")
        .hasMessageContaining(
            "a.yaml:3:22: there is no file " + folder + "/missing.lua that can be read")
        .hasMessageContaining("a.yaml:3:35: there is no file")
        .hasMessageEndingWith("3 problems");
    Files.writeString(file, "name: x\nfolder: new/below\nscripts: [there.lua]");
    assertThat(loader.load(file, Site.class).scripts())
        .containsExactly(folder.resolve("there.lua"));
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void looksForNothingThatIsElsewhere() throws ConfigException {
    Site site = ConfigLoader.elsewhere(name -> null)
        .parse("name: ${HOSTNAME}\ntoken: ${file:/run/x}\nscripts: [/a.lua]", Site.class);
    assertThat(site.name()).isNotEmpty();
    assertThat(site.token()).isEqualTo(new Secret("secret"));
  }

  @Test
  void guessesWhoseAFileIs() throws Exception {
    List<Class<? extends Record>> types = List.of(Site.class, Inlet.class, Pool.class);
    Path file = Files.writeString(folder.resolve("a.yaml"), "listen: ':80'\nbukets: []");
    assertThat(ConfigLoader.guess(file, types)).isEqualTo(Inlet.class);
    Files.writeString(file, "max-age: 1d");
    assertThat(ConfigLoader.guess(file, types)).isEqualTo(Pool.class);
    Files.writeString(file, "nothing: known");
    assertThat(ConfigLoader.guess(file, types)).isNull();
  }

  @Shorthand("name")
  public record Tool(
      String name,
      Map<String, Object> params,
      Map<String, Secret> secrets,
      @Default("false") boolean sharp) {}

  public record Box(List<Tool> tools) {}

  @Test
  void takesOneValueForARecordThatAllowsIt() throws Exception {
    Box box = loader.parse("tools: [saw, {name: axe, sharp: true}]", Box.class);
    assertThat(box.tools())
        .containsExactly(
            new Tool("saw", Map.of(), Map.of(), false), new Tool("axe", Map.of(), Map.of(), true));
  }

  @Test
  void takesValuesOfAnyForm() throws Exception {
    Box box = loader.parse("""
        tools:
          - name: axe
            params: {text: blunt, quoted: "1", count: 3, share: 0.5, on: true, list: [a, 2], map: {a: b}}
            secrets: {key: s3cret}
        """, Box.class);
    assertThat(box.tools().get(0).params())
        .isEqualTo(Map.of(
            "text",
            "blunt",
            "quoted",
            "1",
            "count",
            3L,
            "share",
            0.5,
            "on",
            true,
            "list",
            List.of("a", 2L),
            "map",
            Map.of("a", "b")));
    assertThat(box.toString()).doesNotContain("s3cret");
  }
}
