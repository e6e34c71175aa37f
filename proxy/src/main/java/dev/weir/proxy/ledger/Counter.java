package dev.weir.proxy.ledger;

/**
 * The counters that any thread adds to, each a word of the {@link LedgerPage}. Each comes after
 * those of which it counts a part.
 */
public enum Counter {
  /** Captures that a source has begun. */
  BEGUN(0),
  /** … of these: handed over to the queue. */
  OFFERED(1),
  /** … of those handed over: lost because the queue was full. */
  QUEUE_FULL(2),
  /** … begun and not handed over: excluded by the configuration. */
  EXCLUDED(3),
  /** … begun and not handed over: outside the sample. */
  SAMPLED_OUT(4),
  /** … begun and not handed over: the client left, or was turned away. */
  ABANDONED(5);

  private final int word;

  Counter(int word) {
    this.word = word;
  }

  /** Its place among the counters of a page: part of the page's layout. */
  int word() {
    return word;
  }

  /** The name under which a durable ledger keeps it. */
  String key() {
    return "atomic/" + name();
  }
}
