package dev.weir.durable;

/**
 * Every place between two steps that must survive a crash: write, commit, sync, unlink, rename,
 * answer. What the system property {@code weir.crash-at} names is where this process ends:
 * {@code AFTER_COMMIT}, or {@code AFTER_COMMIT:7} for its seventh passing. For tests; costs a
 * comparison otherwise.
 */
public enum CrashPoint {
  // ---- a spool's directory

  /** The lock is taken; nothing was read yet. */
  LOCKED,
  /** The lock file says who holds it; what stood there before may follow. */
  LOCK_WRITTEN,
  /** The newest segment's write-ahead log is copied into it. */
  LOG_RECOVERED,
  /** A database, its log or its shared memory is unlinked; the others may be there. */
  FILE_UNLINKED,
  /** The ballast is about to be written. */
  BEFORE_BALLAST,
  /** It is written. */
  BALLAST_WRITTEN,
  /** The ballast was given back to a full disk. */
  BALLAST_FREED,

  // ---- a new segment

  /** A new segment is committed under its provisional name, and not synced. */
  SEGMENT_COMMITTED,
  /** It is whole, under its provisional name. */
  SEGMENT_BUILT,
  /** It has its name, which is not synced yet. */
  SEGMENT_NAMED,
  /** Its name is synced; the segment before it is not closed yet. */
  SEGMENT_SYNCED,
  /** The segment before it is closed. */
  SEGMENT_SEALED,

  // ---- a commit

  /** A transaction is begun, nothing is written. */
  TRANSACTION_BEGUN,
  /** Everything is written, nothing is committed. */
  BEFORE_COMMIT,
  /** On disk, not yet in memory. */
  AFTER_COMMIT,
  /** What a failed commit may have left behind is taken back. */
  TAKEN_BACK,
  /** The write-ahead log is about to be copied into its segment. */
  BEFORE_CHECKPOINT,
  /** It is copied. */
  AFTER_CHECKPOINT,

  // ---- a segment that goes

  /** A segment is booked as gone, its file is there. */
  BEFORE_UNLINK,
  /** The file is gone. */
  AFTER_UNLINK,
  /** A damaged file is booked and still in its place. */
  BEFORE_QUARANTINE,
  /** One of a damaged segment's files is moved; the others may be in their place. */
  FILE_QUARANTINED,
  /** All of it is in quarantine. */
  AFTER_QUARANTINE,

  // ---- a small file that is replaced as a whole

  /** What it is to say is synced, beside it. */
  FILE_WRITTEN,
  /** It says so, and its name is not synced. */
  FILE_NAMED,
  /** Its name is synced. */
  FILE_SYNCED,

  // ---- the proxy

  /** The pipeline's values stand in a slot of the ledger page that is not valid yet. */
  LEDGER_SLOT_WRITTEN,
  /** They are valid; nothing of the batch is in a spool. */
  LEDGER_PUBLISHED,
  /** A new ledger page is whole, under its provisional name. */
  LEDGER_PAGE_WRITTEN,
  /** It is the page; the books are not committed to the spools yet. */
  LEDGER_PAGE_NAMED,
  /** What making it may have left behind is gone. */
  LEDGER_PAGE_CLEARED,
  /** A page at the other place is gone. */
  LEDGER_PAGE_ALONE,
  /** The clean mark is committed, the page is gone. */
  LEDGER_CLOSED,
  /** Submitted captures are stored, and not in the books. */
  SUBMISSION_STORED,
  /** They are in the books; whoever submitted them has no answer. */
  SUBMISSION_BOOKED,
  /** The relay has answered that it has a batch; the spool still has it too. */
  SHIPMENT_STORED,

  // ---- the relay

  /** A batch is committed; the proxy has no answer. */
  ARRIVAL_COMMITTED,
  /** A settlement is decided, its dead are stored; nothing else is committed. */
  SETTLE_BOOKED,
  /** A settlement is committed; the player has no answer. */
  SETTLE_COMMITTED,
  /** Answers are on their way; when this is passed again, those before have long arrived. */
  SETTLE_ANSWERED,
  /** The dead store's table is there. */
  DEAD_STORE_MADE,
  /** The dead are written, and not committed. */
  DEAD_WRITTEN,
  /** They are committed; the settlement is not. */
  DEAD_COMMITTED,
  /** One of a damaged dead store's files is moved to quarantine. */
  DEAD_QUARANTINED,

  // ---- the player

  /** An attempt is about to be made. */
  ATTEMPT_DUE,
  /** The target has answered; nothing is decided. */
  TARGET_ANSWERED,
  /** A settlement is about to be sent. */
  SETTLE_DUE,
  /** The relay has it. */
  SETTLE_ACKNOWLEDGED,
  /** Lines are written to a file target, and not synced. */
  LINES_WRITTEN,
  /** They are synced. */
  LINES_SYNCED,
  /** A full file has got its number, or is gone. */
  LINES_ROTATED;

  private static final Halt HALT = Halt.of(System.getProperty("weir.crash-at"));

  /** Where a process ends that is to end here. */
  public void reach() {
    if (HALT.at() == this) {
      HALT.passed();
    }
  }
}
