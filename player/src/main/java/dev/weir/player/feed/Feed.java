package dev.weir.player.feed;

import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where a replay gets captures: one group of one bucket. Hands them out on lease, and is told what
 * became of each. Tries nothing again: that is the replay's business.
 *
 * <p>No call blocks. Replies come on a thread of the feed, never exceptionally: hand off, do not
 * work there. Any thread may call.
 */
public interface Feed extends Closeable {
  /** Asks for captures. Where there are none it waits up to {@code patience} for some. */
  CompletionStage<Grant> lease(Ask ask);

  /** Makes a lease run for {@code length} from now. */
  CompletionStage<Ack> extend(String lease, Duration length);

  /**
   * Says what became of captures of a lease; durable once {@link Ack.Done}. May be said again where
   * the reply was {@link Ack.Trouble}: whoever settles twice changes nothing.
   */
  CompletionStage<Ack> settle(String lease, Settlement settlement);

  /** Ends the calls under way. Idempotent. */
  @Override
  void close();

  /**
   * @param max how many captures at most
   * @param maxBytes about how many bytes of captures; one capture may be larger
   * @param length how long a new lease should run
   * @param lease one that is held: what was never leased before may be added to it, and so go on
   *     with its sessions; null: none
   */
  record Ask(
      int max,
      long maxBytes,
      Duration length,
      Duration patience,
      @Nullable String lease) {}

  /** What came of asking for captures. */
  sealed interface Grant {
    /**
     * These, in the bucket's order; one at least. Where captures of a session have an order, those
     * of one session are in one lease at a time, with none before them that waits elsewhere.
     *
     * @param lease the one that the ask named: they are added to it, and it runs as long as before;
     *     else a new one
     */
    record Leased(String lease, List<LeasedCapture> captures) implements Grant {
      public Leased {
        captures = List.copyOf(captures);
        if (captures.isEmpty()) {
          throw new IllegalArgumentException("lease " + lease + " holds no captures");
        }
      }
    }

    /** There is nothing at present. */
    record Nothing() implements Grant {}

    /**
     * The feed cannot say.
     *
     * @param after how long it wants to be left alone, or null
     */
    record Trouble(String reason, @Nullable Duration after) implements Grant {}
  }

  /** What came of an extension or a settlement. */
  sealed interface Ack {
    /** It stands. */
    record Done() implements Ack {}

    /**
     * The feed does not hold this lease, or will never take what is said of it: saying it again
     * changes nothing.
     */
    record Gone(String reason) implements Ack {}

    /**
     * Whether it stands is unknown.
     *
     * @param after how long the feed wants to be left alone, or null
     */
    record Trouble(String reason, @Nullable Duration after) implements Ack {}
  }
}
