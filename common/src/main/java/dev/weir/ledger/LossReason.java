package dev.weir.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Why a capture is gone without having been delivered. On the wire and in metrics: lower case,
 * words joined by hyphens.
 */
public enum LossReason {
  /** The proxy's memory queue was full: the pipeline could not keep up. */
  QUEUE_FULL,
  /** A capture or relay hook failed on it; scrubbing fails closed. */
  HOOK_ERROR,
  /** The process was killed between taking it and committing it. */
  CRASH,
  /** The spool was full and its oldest captures made room. */
  EVICTED,
  /** It stood in the spool for longer than allowed. */
  EXPIRED,
  /** The spool was full and refuses what is new. */
  FULL,
  /** The disk refused the write. */
  IO_ERROR,
  /** The file that held it was damaged and is in quarantine. */
  CORRUPT,
  /** The relay refused it for good. */
  REJECTED,
  /** The relay had stored it and lost it: it was restored from an old copy, or replaced. */
  ROLLED_BACK,
  /** Somebody who runs the relay gave it up. */
  PURGED,
  /** It is gone and nothing on disk says why. */
  UNKNOWN;

  private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

  @JsonValue
  public String wireName() {
    return wireName;
  }

  /**
   * The reason of that name; {@link #UNKNOWN} for a name that a newer peer has and this one does
   * not.
   */
  @JsonCreator
  public static LossReason of(String wireName) {
    for (LossReason reason : values()) {
      if (reason.wireName.equals(wireName)) {
        return reason;
      }
    }
    return UNKNOWN;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
