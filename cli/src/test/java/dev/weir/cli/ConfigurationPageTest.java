package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ConfigLoader;
import dev.weir.config.Default;
import dev.weir.player.PlayerConfig;
import dev.weir.player.target.TargetType;
import dev.weir.proxy.ProxyConfig;
import dev.weir.proxy.source.SourceType;
import dev.weir.relay.RelayConfig;
import dev.weir.spool.SpoolSettings;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code docs/reference/configuration.md} to the records, and every example to both. */
final class ConfigurationPageTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path PAGE = PROJECT.resolve("docs/reference/configuration.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| [^|]+ \\|$");
  private static final Map<String, Class<? extends Record>> ROLES = Map.of(
      "proxy.yaml", ProxyConfig.class,
      "relay.yaml", RelayConfig.class,
      "player.yaml", PlayerConfig.class);

  /** The page's sections that list keys, by heading, and the records that they describe. */
  static Map<String, Class<?>> sections() {
    Map<String, Class<?>> sections = new LinkedHashMap<>(ROLES);
    ServiceLoader.load(SourceType.class)
        .forEach(type -> sections.put("Source `" + type.type() + "`", type.config()));
    ServiceLoader.load(TargetType.class)
        .forEach(type -> sections.put("Target `" + type.type() + "`", type.config()));
    return sections;
  }

  static List<String> headings() {
    return List.copyOf(sections().keySet());
  }

  @ParameterizedTest
  @MethodSource("headings")
  void listsEveryKeyWithItsDefault(String heading) throws IOException {
    Map<String, Listed> expected = new LinkedHashMap<>();
    list(sections().get(heading), "", expected);
    Map<String, Listed> listed = new LinkedHashMap<>();
    for (MatchResult row : ROW.matcher(section(heading)).results().toList()) {
      listed.put(row.group(1), new Listed(row.group(3).strip(), words(row.group(2))));
    }
    assertThat(listed.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((key, of) -> {
      assertThat(of.fallback()).as("default of " + key).contains(listed.get(key).fallback());
      assertThat(listed.get(key).words()).as("type of " + key).containsAll(of.words());
    });
  }

  @Test
  void saysHowSmallABucketMayBe() throws IOException {
    assertThat(Pattern.compile("buckets.NAME.max-bytes.*`(\\w+)` or more")
            .matcher(Files.readString(PAGE))
            .results()
            .map(row -> row.group(1)))
        .containsExactly(SpoolSettings.LEAST_BYTES.exact(), SpoolSettings.LEAST_BYTES.exact());
  }

  @Test
  void loadsEveryExample() throws Exception {
    int examples = 0;
    for (Path page : pages()) {
      Pattern block = Pattern.compile("(?s)```yaml\\n# (\\w+\\.yaml)\\n(.*?)```");
      for (MatchResult example : block.matcher(Files.readString(page)).results().toList()) {
        ConfigLoader.elsewhere(name -> "variable")
            .parse(example.group(2), ROLES.get(example.group(1)));
        examples++;
      }
    }
    assertThat(examples).isGreaterThanOrEqualTo(ROLES.size());
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> found = Files.walk(PROJECT.resolve("docs"))) {
      return Stream.concat(found, Stream.of(PROJECT.resolve("README.md")))
          .filter(path -> path.toString().endsWith(".md"))
          .toList();
    }
  }

  private static String section(String heading) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("## " + heading + "\n");
    assertThat(start).as("section " + heading).isPositive();
    int end = page.indexOf("\n##", start);
    return page.substring(start, end < 0 ? page.length() : end);
  }

  /**
   * What a row says.
   *
   * @param fallback the cell, or those that would do
   * @param words the fixed words in the cell of the type
   */
  private record Listed(String fallback, List<String> words) {}

  private static void list(Class<?> record, String prefix, Map<String, Listed> into) {
    for (RecordComponent component : record.getRecordComponents()) {
      String key =
          prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      Type type = component.getGenericType();
      if (type instanceof ParameterizedType container) {
        Class<?> of = (Class<?>)
            container.getActualTypeArguments()[container.getActualTypeArguments().length - 1];
        if (isPart(of)) {
          list(of, key + (container.getRawType() == List.class ? "[]." : ".NAME."), into);
        } else {
          into.put(key, new Listed("none required", List.of()));
        }
      } else if (isPart(component.getType())) {
        list(component.getType(), key + ".", into);
      } else {
        into.put(key, new Listed(fallback(component), wordsOf(component.getType())));
      }
    }
  }

  /** Whether it has keys of its own, and is neither one value nor chosen by {@code type:}. */
  private static boolean isPart(Class<?> type) {
    return type.isRecord()
        && Stream.of(type.getMethods()).noneMatch(m -> m.getName().equals("parse"))
        && Stream.of(type.getConstructors())
            .noneMatch(c -> List.of(c.getParameterTypes()).equals(List.of(String.class)));
  }

  private static String fallback(RecordComponent component) {
    Default written = component.getAnnotation(Default.class);
    if (written != null) {
      return written.value().isEmpty() ? "empty" : "`" + written.value() + "`";
    }
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class) ? "none" : "required";
  }

  private static List<String> wordsOf(Class<?> type) {
    return !type.isEnum()
        ? List.of()
        : Stream.of(type.getEnumConstants())
            .map(word -> ((Enum<?>) word).name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
  }

  private static List<String> words(String cell) {
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .map(word -> word.group(1))
        .toList();
  }
}
