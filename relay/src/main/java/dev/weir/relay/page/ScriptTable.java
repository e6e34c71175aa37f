package dev.weir.relay.page;

import dev.weir.relay.fleet.ScriptRow;
import dev.weir.relay.fleet.Spoken;
import dev.weir.wire.ScriptState;
import java.util.List;

/** The scripts of the whole fleet; a row is red while its script fails. */
final class ScriptTable {
  private ScriptTable() {}

  static void write(List<ScriptRow> rows, Html html) {
    if (rows.isEmpty()) {
      return;
    }
    html.table(
        "Scripts",
        "Script",
        "Where",
        "State",
        "#Calls",
        "Dropped",
        "#Errors",
        "#p99",
        "Last error");
    for (ScriptRow row : rows) {
      ScriptState state = row.state();
      html.raw(row.bad() ? "<tr class=\"bad\">" : "<tr>")
          .name(state.script())
          .cell(row.role() + " " + row.name() + ", " + row.place())
          .cell(row.bad() ? "bad" : "good", row.bad() ? "▲ fails" : "● works")
          .figure(Spoken.count(state.calls()))
          .cell("wide", StatsPage.reasons(state.dropped()))
          .figure(Spoken.count(state.errors()))
          .figure(Spoken.latency(state.p99Ms()))
          .cell("wide", row.trouble())
          .raw("</tr>");
    }
    html.endTable();
  }
}
