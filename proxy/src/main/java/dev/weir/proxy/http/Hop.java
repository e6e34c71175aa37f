package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a head says about this connection alone (RFC 9110, section 7.6.1).
 *
 * @param nominated fields that the Connection field names, in lower case
 */
record Hop(boolean close, boolean keepAlive, boolean upgrades, List<String> nominated) {
  /** Each is looked for among all fields. */
  private static final int MAX_NOMINATED = 64;

  private static final Hop SILENT = new Hop(false, false, false, List.of());

  static Hop of(Head head) throws BadMessage {
    int connection = head.find(Kind.CONNECTION);
    return connection < 0 ? SILENT : read(head, connection);
  }

  private static Hop read(Head head, int first) throws BadMessage {
    boolean close = false;
    boolean keepAlive = false;
    boolean upgrade = false;
    List<String> nominated = new ArrayList<>(0);
    for (int i = first; i < head.count(); i++) {
      if (head.kind(i) != Kind.CONNECTION) {
        continue;
      }
      for (String item : head.value(i).split(",", -1)) {
        String option = item.strip().toLowerCase(Locale.ROOT);
        switch (option) {
          case "close" -> close = true;
          case "keep-alive" -> keepAlive = true;
          case "upgrade" -> upgrade = true;
          case "" -> {}
          default -> nominated.add(option);
        }
      }
    }
    if (nominated.size() > MAX_NOMINATED) {
      throw new BadMessage("a Connection that names more than " + MAX_NOMINATED + " fields");
    }
    boolean upgrades = upgrade && head.isPersistentByDefault() && upgradesVisibly(head);
    return new Hop(close, keepAlive, upgrades, nominated);
  }

  /** Behind h2c nobody would see the requests that come: staying with HTTP/1 is our right. */
  private static boolean upgradesVisibly(Head head) {
    boolean named = false;
    for (int i = 0; i < head.count(); i++) {
      if (head.kind(i) == Kind.UPGRADE) {
        named = true;
        if (head.value(i).toLowerCase(Locale.ROOT).contains("h2c")) {
          return false;
        }
      }
    }
    return named;
  }

  boolean nominates(Head head, int field) {
    for (int i = 0; i < nominated.size(); i++) {
      if (head.nameIs(field, nominated.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The Connection field says nothing but that, so that it can go on as it is. */
  boolean isPlainUpgrade() {
    return upgrades && !close && nominated.isEmpty();
  }
}
