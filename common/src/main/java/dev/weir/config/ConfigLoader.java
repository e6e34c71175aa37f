package dev.weir.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration files into records, strictly. A record's components are the keys, in
 * kebab-case.
 *
 * <pre>
 *   file ─▶ YamlParser ─▶ Tree ─▶ Merge (a folder's files) ─▶ Binder ─▶ record
 *             syntax       places                              keys, values, the records' rules
 * </pre>
 */
public final class ConfigLoader {
  private static final int LARGEST = 1 << 20;

  /** A key that is known outweighs any number that are missing. */
  private static final int KNOWN = 1_000;

  private final Surroundings surroundings;

  ConfigLoader(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** With this process's variables and this machine's files. */
  public static ConfigLoader system() {
    return new ConfigLoader(Surroundings.system(named(System::getenv)));
  }

  /**
   * For a configuration that is meant for another machine, such as an example: with these
   * variables, an unset one null, and no look at the files that it names.
   */
  public static ConfigLoader elsewhere(Function<String, @Nullable String> environment) {
    return new ConfigLoader(Surroundings.elsewhere(named(environment)));
  }

  /** {@code HOSTNAME} is always there: shells set it, service managers do not. */
  private static Function<String, @Nullable String> named(
      Function<String, @Nullable String> environment) {
    return name -> {
      String value = environment.apply(name);
      return value == null && name.equals("HOSTNAME") ? HostName.get() : value;
    };
  }

  /**
   * Reads a file, or every {@code *.yaml} of a folder in the order of their names. Relative paths
   * in a file are relative to its folder.
   *
   * @throws ConfigException with everything that is wrong
   */
  public <T extends Record> T load(Path path, Class<T> type) throws ConfigException {
    List<ConfigProblem> problems = new ArrayList<>();
    return bind(read(path, problems), type, problems);
  }

  /**
   * Reads a text, such as a test's or an example's.
   *
   * @throws ConfigException with everything that is wrong
   */
  public <T extends Record> T parse(String yaml, Class<T> type) throws ConfigException {
    List<ConfigProblem> problems = new ArrayList<>();
    SourceText text = new SourceText("configuration", null, yaml);
    Tree tree = YamlParser.parse(text, yaml, problems);
    return bind(tree == null ? nothing(text) : tree, type, problems);
  }

  /**
   * Makes a record of what the command line says.
   *
   * @param values as a file would nest them: maps by key, lists, and a {@link Flag} for each value
   * @throws ConfigException with everything that is wrong; it speaks of flags
   */
  public <T extends Record> T of(Map<String, ?> values, Class<T> type) throws ConfigException {
    return bind(Flag.tree(values), type, new ArrayList<>());
  }

  /**
   * Which of these a file or folder is most likely meant for: the one that knows most of its keys
   * at the top, and among those the one that misses fewest. Null where that does not tell.
   *
   * @throws ConfigException if it cannot be read at all
   */
  public static @Nullable Class<? extends Record> guess(
      Path path, List<Class<? extends Record>> types) throws ConfigException {
    List<ConfigProblem> problems = new ArrayList<>();
    Tree tree = read(path, problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    Set<String> written =
        tree instanceof Tree.Mapping mapping ? mapping.entries().keySet() : Set.of();
    Class<? extends Record> best = null;
    int most = 0;
    for (Class<? extends Record> type : types) {
      int score = 0;
      for (Key key : Key.of(type)) {
        score += written.contains(key.name()) ? KNOWN : key.mayBeLeftOut() ? 0 : -1;
      }
      if (score >= most) {
        best = score == most ? null : type;
        most = score;
      }
    }
    return best;
  }

  private <T extends Record> T bind(Tree tree, Class<T> type, List<ConfigProblem> problems)
      throws ConfigException {
    T bound = problems.isEmpty() ? new Binder(tree, surroundings, problems).bind(tree, type) : null;
    if (bound == null || !problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return bound;
  }

  private static Tree read(Path path, List<ConfigProblem> problems) {
    SourceText whole = new SourceText(path.toString(), null, "");
    Tree merged = nothing(whole);
    try {
      if (!Files.isDirectory(path)) {
        return readFile(path, problems);
      }
      List<Path> files;
      try (Stream<Path> found = Files.list(path)) {
        files = found.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      }
      if (files.isEmpty()) {
        problems.add(new ConfigProblem(Place.whole(whole), "no *.yaml in this folder"));
      }
      Merge merge = new Merge(problems);
      for (Path file : files) {
        merged = merge.merge(merged, readFile(file, problems));
      }
    } catch (IOException e) {
      problems.add(new ConfigProblem(Place.whole(whole), "cannot be read: " + e.getMessage()));
    }
    return merged;
  }

  private static Tree readFile(Path file, List<ConfigProblem> problems) {
    SourceText empty = new SourceText(file.toString(), null, "");
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        problems.add(new ConfigProblem(
            Place.whole(empty), "larger than 1 MB (" + size + " bytes): not a configuration"));
        return nothing(empty);
      }
      String yaml = Files.readString(file);
      if (file.toString().endsWith(".json")) {
        yaml = asYaml(yaml);
      }
      SourceText text = new SourceText(file.toString(), file.getParent(), yaml);
      Tree tree = YamlParser.parse(text, yaml, problems);
      return tree == null ? nothing(text) : tree;
    } catch (NoSuchFileException e) {
      problems.add(new ConfigProblem(Place.whole(empty), "there is no such file"));
    } catch (CharacterCodingException e) {
      problems.add(new ConfigProblem(Place.whole(empty), "not UTF-8"));
    } catch (IOException e) {
      problems.add(new ConfigProblem(Place.whole(empty), "cannot be read: " + e.getMessage()));
    }
    return nothing(empty);
  }

  /** The two things that JSON allows and the YAML parser does not: tabs, and {@code \/}. */
  private static String asYaml(String json) {
    return json.replace('\t', ' ').replaceAll("(?<!\\\\)((?:\\\\\\\\)*)\\\\/", "$1/");
  }

  private static Tree nothing(SourceText text) {
    return new Tree.Mapping(Place.whole(text), Map.of());
  }
}
