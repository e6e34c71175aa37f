package dev.weir.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays one file's values over another's: keys come together, lists append, a value stands once. */
final class Merge {
  private final List<ConfigProblem> problems;

  Merge(List<ConfigProblem> problems) {
    this.problems = problems;
  }

  Tree merge(Tree first, Tree second) {
    if (first instanceof Tree.Mapping a && second instanceof Tree.Mapping b) {
      Map<String, Tree.Entry> entries = new LinkedHashMap<>(a.entries());
      b.entries()
          .forEach((name, entry) -> entries.merge(
              name, entry, (x, y) -> new Tree.Entry(x.key(), merge(x.value(), y.value()))));
      return new Tree.Mapping(a.place(), entries);
    }
    if (first instanceof Tree.Sequence a && second instanceof Tree.Sequence b) {
      List<Tree> items = new ArrayList<>(a.items());
      items.addAll(b.items());
      return new Tree.Sequence(a.place(), items);
    }
    problems.add(
        new ConfigProblem(second.place(), "set here a second time; first at " + first.place()));
    return first;
  }
}
