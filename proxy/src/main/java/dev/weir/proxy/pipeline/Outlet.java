package dev.weir.proxy.pipeline;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Append;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into one bucket's spool: what to do when it is full or its disk fails. The pipeline's
 * thread alone.
 */
public final class Outlet {
  private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

  private final BucketName bucket;
  private final Spool spool;
  private final Spool.WhenFull whenFull;
  private final Runnable appended;
  private String trouble = "";
  private long lostInTrouble;

  /**
   * @param whenFull what makes room for offered captures; submitted ones never push others out
   * @param appended called after each commit, to wake who ships
   */
  public Outlet(BucketName bucket, Spool spool, Spool.WhenFull whenFull, Runnable appended) {
    this.bucket = bucket;
    this.spool = spool;
    this.whenFull = whenFull;
    this.appended = appended;
  }

  /** The position that the next frame will get. */
  long next() {
    return spool.state().next();
  }

  /**
   * Appends; what the spool refuses is lost and keeps its numbers, so that the relay hears of it
   * too.
   */
  void offer(List<byte[]> frames, byte[] ledger) {
    try {
      Append append = spool.append(frames, Map.of(Ledger.MARK, ledger), whenFull);
      if (append instanceof Append.Full full) {
        lose(frames.size(), LossReason.FULL, "is full: " + full.used() + " of " + full.limit());
      } else {
        recovered();
        appended.run();
      }
    } catch (IOException e) {
      lose(frames.size(), LossReason.IO_ERROR, "cannot be written: " + e.getMessage());
    }
  }

  /** Appends, or says why not; nothing was written then. */
  Optional<String> submit(List<byte[]> frames, byte[] ledger) {
    try {
      Append append = spool.append(frames, Map.of(Ledger.MARK, ledger), Spool.WhenFull.REFUSE);
      if (append instanceof Append.Full full) {
        return Optional.of("the spool of bucket \"" + bucket + "\" is full: " + full.used() + " of "
            + full.limit());
      }
      recovered();
      appended.run();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "the spool of bucket \"" + bucket + "\" cannot be written: " + e.getMessage());
    }
  }

  /** Commits the books alone. */
  void commit(byte[] ledger) {
    try {
      spool.append(List.of(), Map.of(Ledger.MARK, ledger), Spool.WhenFull.REFUSE);
    } catch (IOException e) {
      LOG.warn(
          "the books of bucket \"{}\" cannot be written: {}; they stay in memory",
          bucket,
          e.getMessage());
    }
  }

  private void lose(int captures, LossReason reason, String why) {
    spool.lose(captures, reason);
    lostInTrouble += captures;
    if (!trouble.equals(reason.wireName())) {
      trouble = reason.wireName();
      LOG.warn(
          "the spool of bucket \"{}\" {}; captures for it are lost until that changes",
          bucket,
          why);
    }
  }

  private void recovered() {
    if (!trouble.isEmpty()) {
      LOG.info(
          "the spool of bucket \"{}\" takes captures again; {} were lost ({})",
          bucket,
          lostInTrouble,
          trouble);
      trouble = "";
      lostInTrouble = 0;
    }
  }
}
