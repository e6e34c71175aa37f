package dev.weir.relay.page;

import dev.weir.relay.fleet.Spoken;
import dev.weir.relay.fleet.TokenRow;
import java.util.List;

/** The tokens that the relay knows, and when each was last shown: which one can go. */
final class TokenTable {
  private TokenTable() {}

  static void write(List<TokenRow> rows, Html html) {
    if (rows.isEmpty()) {
      return;
    }
    html.table("Tokens", "Token", "SHA-256", "May", "#Last used", "End");
    for (TokenRow row : rows) {
      Long used = row.usedMs();
      html.raw(row.endsSoon() ? "<tr class=\"bad\">" : "<tr>")
          .name(row.name())
          .cell(row.sha256() + "…")
          .cell("wide", String.join(", ", row.roles()))
          .figure(used == null ? "not yet" : Spoken.millis(used) + " ago")
          .cell(row.end())
          .raw("</tr>");
    }
    html.endTable();
  }
}
