package dev.weir.relay.page;

/** Writes HTML. Every text is escaped: names and errors come from elsewhere. */
final class Html {
  private final StringBuilder out = new StringBuilder(8 << 10);

  /** Markup of our own, as it stands. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  Html text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return this;
  }

  /** A cell of text. */
  Html cell(String text) {
    return raw("<td>").text(text).raw("</td>");
  }

  /** A cell of class {@code kind}. */
  Html cell(String kind, String text) {
    return raw("<td class=\"" + kind + "\">").text(text).raw("</td>");
  }

  /** A cell with a figure. */
  Html figure(String text) {
    return cell("n", text);
  }

  /** The cell that names its row. */
  Html name(String text) {
    return raw("<th scope=\"row\">").text(text).raw("</th>");
  }

  /** The beginning of a table, up to its body. A heading that starts with # is over figures. */
  Html table(String caption, String... headings) {
    raw("<div class=\"scroll\"><table><caption>").text(caption).raw("</caption><thead><tr>");
    for (String heading : headings) {
      boolean figures = heading.startsWith("#");
      raw(figures ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
          .text(figures ? heading.substring(1) : heading)
          .raw("</th>");
    }
    return raw("</tr></thead><tbody>");
  }

  Html endTable() {
    return raw("</tbody></table></div>");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
