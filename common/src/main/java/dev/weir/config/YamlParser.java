package dev.weir.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns YAML or JSON into a {@link Tree}, and reads no meaning into values: {@code no} is the text
 * "no". Refuses duplicate keys, tags and merge keys; bounds depth and what aliases multiply.
 */
final class YamlParser {
  private static final int DEEPEST = 32;
  private static final int MOST_ALIASES = 100;
  private static final int MOST_VALUES = 100_000;
  private static final String STANDARD_TAGS = Tag.PREFIX;

  private final SourceText text;
  private final List<ConfigProblem> problems;
  private int values;

  private YamlParser(SourceText text, List<ConfigProblem> problems) {
    this.text = text;
    this.problems = problems;
  }

  /**
   * Adds what is wrong to {@code problems}; null where nothing could be read, or there is nothing.
   */
  static @Nullable Tree parse(SourceText text, String yaml, List<ConfigProblem> problems) {
    return new YamlParser(text, problems).parse(yaml);
  }

  private @Nullable Tree parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEEPEST);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    options.setCodePointLimit(Integer.MAX_VALUE); // the file's size is bounded already
    try {
      Node root = new Yaml(options).compose(new StringReader(yaml));
      return root == null ? null : tree(root, 0);
    } catch (MarkedYAMLException e) {
      text.hideSuspects();
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      problems.add(new ConfigProblem(at(mark, mark), spoken(e)));
    } catch (TooLarge e) {
      problems.add(new ConfigProblem(Place.whole(text), firstLine(e)));
    } catch (YAMLException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // the parser's own slips among them: an escape that the end of the file cuts short
      problems.add(new ConfigProblem(Place.whole(text), "not readable as yaml: " + firstLine(e)));
    }
    return null;
  }

  private String spoken(MarkedYAMLException e) {
    String problem = String.valueOf(e.getProblem());
    if (problem.contains("\\t(TAB)")) {
      return "a tab: yaml is indented with spaces";
    }
    Mark begun = e.getContextMark();
    return "not yaml: " + problem
        + (e.getContext() == null ? "" : ", " + e.getContext())
        + (begun == null ? "" : ", begun at " + at(begun, begun));
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private Tree tree(Node node, int depth) {
    Place place = at(node.getStartMark(), node.getEndMark());
    if (++values > MOST_VALUES) {
      throw new TooLarge("more than " + MOST_VALUES + " values, aliases written out");
    }
    if (depth > DEEPEST) {
      throw new TooLarge("deeper than " + DEEPEST + " levels, or an alias inside its own anchor");
    }
    if (!node.getTag().getValue().startsWith(STANDARD_TAGS)) {
      problems.add(
          new ConfigProblem(place, "tags such as " + node.getTag() + " are not used here"));
    }
    if (node instanceof MappingNode mapping) {
      return mapping(place, mapping, depth);
    }
    if (node instanceof SequenceNode sequence) {
      List<Tree> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(tree(item, depth + 1));
      }
      return new Tree.Sequence(place, List.copyOf(items));
    }
    ScalarNode scalar = (ScalarNode) node;
    return new Tree.Scalar(place, scalar.getValue(), !scalar.isPlain(), false);
  }

  private Tree mapping(Place place, MappingNode mapping, int depth) {
    Map<String, Tree.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      Place keyPlace = at(key.getStartMark(), key.getEndMark());
      Tree value = tree(tuple.getValueNode(), depth + 1);
      if (!(key instanceof ScalarNode scalar)) {
        problems.add(new ConfigProblem(keyPlace, "a key must be one word"));
      } else if (key.getTag().equals(Tag.MERGE)) {
        problems.add(
            new ConfigProblem(keyPlace, "merge keys (<<) are not used here: write the keys out"));
      } else {
        Tree.Entry before = entries.putIfAbsent(scalar.getValue(), new Tree.Entry(keyPlace, value));
        if (before != null) {
          problems.add(new ConfigProblem(
              keyPlace,
              "key \"" + scalar.getValue() + "\" stands here a second time; first at "
                  + before.key()));
        }
      }
    }
    return new Tree.Mapping(place, entries);
  }

  private Place at(Mark start, Mark end) {
    return new Place(text, start.getLine(), start.getColumn(), end.getLine(), end.getColumn());
  }

  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLarge(String message) {
      super(message);
    }
  }
}
