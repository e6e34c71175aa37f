package dev.weir.proxy.source;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.http.Budget;
import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a request's head until its body is whole, which may be long: a large head is paid
 * for out of the budget that it shares with bodies. The I/O thread's own.
 */
final class HeadCopy {
  /** Heads up to this size need nothing from the budget. */
  private static final int SMALL = 4 << 10;

  private final String method;
  private final Peer peer;
  private final String authority;
  private final String target;
  private final String version;
  private final Headers headers;
  private final Budget budget;
  private long borrowed;

  private HeadCopy(RequestHead head, Peer peer, Headers headers, Budget budget, long borrowed) {
    this.method = head.method();
    this.peer = peer;
    List<String> hosts = head.values("Host");
    this.authority = hosts.isEmpty() ? "" : hosts.get(0);
    this.target = head.target();
    this.version = head.version();
    this.headers = headers;
    this.budget = budget;
    this.borrowed = borrowed;
  }

  /**
   * Null if the budget has no room for it.
   *
   * @param headers those that are kept
   */
  static @Nullable HeadCopy of(RequestHead head, Headers headers, Peer peer, Budget budget) {
    long size = headers.footprint() + head.target().length();
    long needed = size > SMALL ? size : 0;
    return needed == 0 || budget.take(needed)
        ? new HeadCopy(head, peer, headers, budget, needed)
        : null;
  }

  /** The whole request. */
  Request with(Body body, Headers trailers) {
    return new Request(
        method, peer.scheme(), authority, target, version, headers, body, trailers, peer.client());
  }

  /** Gives back to the budget what was had of it. */
  void release() {
    budget.release(borrowed);
    borrowed = 0;
  }
}
