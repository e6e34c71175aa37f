package dev.weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Looks at the memory of a few sides now and then. One thread's own. */
final class MemoryWatch {
  /** The start, and the first time that the process has seen load. */
  private static final int SETTLED = 1;

  private final Map<Side, List<Memory>> seen = new LinkedHashMap<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** @param sides each of one Java process */
  MemoryWatch(List<Side> sides) {
    sides.forEach(side -> seen.put(side, new ArrayList<>()));
  }

  void look(String when) throws IOException, InterruptedException {
    for (Map.Entry<Side, List<Memory>> side : seen.entrySet()) {
      Memory memory = Memory.of(side.getKey().inTheWay().get(0).pid());
      side.getValue().add(memory);
      rows.add(memory.row(side.getKey().name(), when));
    }
  }

  void print(Report report) {
    report.subheading("Memory, each time after a full collection");
    report.table(Memory.headers(), rows);
  }

  /** @param growth what the last look may show of the first one after some load */
  void judge(Report report, Side side, double growth) {
    List<Memory> looks = Objects.requireNonNull(seen.get(side));
    Memory settled = looks.get(SETTLED);
    Memory last = looks.get(looks.size() - 1);
    report.aim(
        side.name() + ": heap",
        "≤ " + Workbench.HEAP_MEGABYTES + " MB",
        last.heapMegabytes() + " MB",
        looks.stream().allMatch(look -> look.within(Workbench.HEAP_MEGABYTES)));
    report.atMost(
        side.name() + ": resident at the end, of after the warm-up",
        growth,
        (double) last.resident() / settled.resident());
  }
}
