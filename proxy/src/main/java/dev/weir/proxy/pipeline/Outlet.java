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
import org.jspecify.annotations.Nullable;
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
   * @param appended called after each commit of captures, to wake who ships
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

  /** Bytes that the spool may take. */
  long limit() {
    return spool.state().limit().bytes();
  }

  /** Why the spool took nothing. */
  private record Refusal(LossReason reason, String why) {}

  /**
   * Appends; what the spool refuses is lost and keeps its numbers, so that the relay hears of it
   * too.
   */
  void offer(List<byte[]> frames, byte[] ledger) {
    Refusal refusal = append(frames, ledger, whenFull);
    if (refusal != null) {
      lose(frames.size(), refusal);
    }
  }

  /** Appends, or says why not; nothing was written then. */
  Optional<String> submit(List<byte[]> frames, byte[] ledger) {
    Refusal refusal = append(frames, ledger, Spool.WhenFull.REFUSE);
    return Optional.ofNullable(refusal)
        .map(r -> "the spool of bucket \"" + bucket + "\" " + r.why());
  }

  /** Commits the books alone; false if they could not be. */
  boolean commit(byte[] ledger) {
    Refusal refusal = append(List.of(), ledger, Spool.WhenFull.REFUSE);
    if (refusal != null) {
      LOG.warn("the books are not in the spool of bucket \"{}\": it {}", bucket, refusal.why());
    }
    return refusal == null;
  }

  private @Nullable Refusal append(List<byte[]> frames, byte[] ledger, Spool.WhenFull room) {
    try {
      if (spool.append(frames, Map.of(Ledger.MARK, ledger), room) instanceof Append.Full full) {
        return new Refusal(LossReason.FULL, "is full: " + full.used() + " of " + full.limit());
      }
    } catch (IOException | RuntimeException | VirtualMachineError e) { // no memory for it, say
      return new Refusal(LossReason.IO_ERROR, "cannot be written: " + e.getMessage());
    }
    if (!frames.isEmpty()) {
      recovered();
      appended.run();
    }
    return null;
  }

  private void lose(int captures, Refusal refusal) {
    spool.lose(captures, refusal.reason());
    lostInTrouble += captures;
    if (!trouble.equals(refusal.reason().wireName())) {
      trouble = refusal.reason().wireName();
      LOG.warn(
          "the spool of bucket \"{}\" {}; captures for it are lost until that changes",
          bucket,
          refusal.why());
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
