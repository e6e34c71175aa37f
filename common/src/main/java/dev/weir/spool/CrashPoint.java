package dev.weir.spool;

/** Every place between two durable steps of a spool: where a crash or a failing disk may strike. */
enum CrashPoint {
  /** The directory is locked; nothing was read yet. */
  LOCKED,
  /** A new segment is whole, under its provisional name. */
  SEGMENT_BUILT,
  /** It has its name, which is not synced yet. */
  SEGMENT_NAMED,
  /** Its name is synced; the segment before it is not closed yet. */
  SEGMENT_SYNCED,
  /** The segment before it is closed. */
  SEGMENT_SEALED,
  /** A transaction is begun, nothing is written. */
  TRANSACTION_BEGUN,
  /** Everything is written, nothing is committed. */
  BEFORE_COMMIT,
  /** On disk, not yet in memory. */
  AFTER_COMMIT,
  /** The write-ahead log is about to be copied into its segment. */
  BEFORE_CHECKPOINT,
  /** A segment is booked as gone, its file is there. */
  BEFORE_UNLINK,
  /** The file is gone. */
  AFTER_UNLINK,
  /** A damaged file is booked and still in its place. */
  BEFORE_QUARANTINE,
  /** It is in quarantine. */
  AFTER_QUARANTINE,
  /** The ballast is about to be written. */
  BEFORE_BALLAST,
  /** The ballast was given back to a full disk. */
  BALLAST_FREED
}
