package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a head for the next hop: line by line as it came, without the fields that were meant for
 * this hop alone (RFC 9110, section 7.6.1) and with what the configuration adds. Nothing else is
 * added: no Via, no Date, no Server.
 */
final class Onward {
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
  private static final int ADDED = 1024;

  private final Head head;
  private final Hop hop;
  private final ByteBuffer out;
  private int copied;

  private Onward(Head head, Hop hop, ByteBuffer out) {
    this.head = head;
    this.hop = hop;
    this.out = out;
  }

  /** The most that a head can become: added fields repeat its Host at most once. */
  static int room(Head head) {
    return 2 * head.length + ADDED;
  }

  /** @param keepAlive whether the service must be told so, as to HTTP/1.0 */
  static void request(
      Head head, Hop hop, boolean keepAlive, Forwarded forwarded, Peer peer, ByteBuffer out) {
    Onward onward = new Onward(head, hop, out);
    Kind list = forwarded.list();
    int joined = list == null ? -1 : head.findLast(list);
    for (int i = 0; i < head.count(); i++) {
      if (onward.endsHere(i, hop.upgrades())) {
        onward.drop(i);
      } else if (i == joined) {
        boolean empty = head.valueStart(i) == head.valueEnd(i);
        onward.insert(head.valueEnd(i), (empty ? "" : ", ") + forwarded.element(head, peer));
      }
    }
    onward.copyTo(head.fieldsEnd());
    if (list != null && joined < 0) {
      onward.field(forwarded.listName(), forwarded.element(head, peer));
    }
    if (forwarded == Forwarded.X_FORWARDED) {
      onward.fieldUnlessThere(Kind.X_FORWARDED_PROTO, "X-Forwarded-Proto", peer.scheme());
      int host = head.find(Kind.HOST);
      onward.fieldUnlessThere(
          Kind.X_FORWARDED_HOST, "X-Forwarded-Host", host < 0 ? "" : head.value(host));
    }
    onward.finish(hop.upgrades(), keepAlive ? KEEP_ALIVE : null);
  }

  /** @param keepAlive whether the client must be told so, as to HTTP/1.0 */
  static void response(Head head, Hop hop, boolean close, boolean keepAlive, ByteBuffer out) {
    Onward onward = new Onward(head, hop, out);
    int status = head.status();
    boolean chunked = head.find(Kind.TRANSFER_ENCODING) >= 0;
    for (int i = 0; i < head.count(); i++) {
      if (onward.endsHere(i, status == 101 || status == 426)
          || (chunked && head.kind(i) == Kind.CONTENT_LENGTH)) {
        onward.drop(i);
      }
    }
    onward.copyTo(head.fieldsEnd());
    onward.finish(status == 101, close ? CLOSE : keepAlive ? KEEP_ALIVE : null);
  }

  /**
   * Whether a field is meant for this hop alone. Transfer-Encoding is not among them, as a body
   * passes through in the coding that it came in; nor can Host, a length, or what tells a service
   * who its client was be nominated away.
   */
  private boolean endsHere(int field, boolean upgrades) {
    return switch (head.kind(field)) {
      case KEEP_ALIVE, PROXY_CONNECTION -> true;
      case CONNECTION -> !(upgrades && hop.isPlainUpgrade());
      case UPGRADE -> !upgrades;
      case TE -> !head.valueIs(field, "trailers");
      case HOST,
          CONTENT_LENGTH,
          TRANSFER_ENCODING,
          EXPECT,
          X_FORWARDED_FOR,
          X_FORWARDED_PROTO,
          X_FORWARDED_HOST,
          FORWARDED -> false;
      default -> hop.nominates(head, field);
    };
  }

  private void drop(int field) {
    copyTo(head.lineStart(field));
    copied = head.lineEnd(field);
  }

  private void copyTo(int end) {
    out.put(head.bytes, copied, end - copied);
    copied = end;
  }

  private void insert(int at, String text) {
    copyTo(at);
    put(text);
  }

  private void field(String name, String value) {
    put(name + ": " + value + "\r\n");
  }

  private void fieldUnlessThere(Kind kind, String name, String value) {
    if (head.find(kind) < 0) {
      field(name, value);
    }
  }

  private void put(String text) {
    out.put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void finish(boolean upgrades, byte @Nullable [] connection) {
    if (upgrades) {
      if (!hop.isPlainUpgrade()) {
        out.put(UPGRADE);
      }
    } else if (connection != null) {
      out.put(connection);
    }
    out.put(head.bytes, head.fieldsEnd(), head.length - head.fieldsEnd());
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
