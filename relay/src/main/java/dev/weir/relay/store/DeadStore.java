package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dead bucket of one bucket: unique by group and capture, bounded in bytes. What stands in it
 * and is not gone counts as dead, whatever the group's book says. Any call may throw
 * {@link DeadLostException}. Its bucket's loop alone may call.
 */
public interface DeadStore extends Closeable {
  /** What {@link #read} returns at most, but for its first row. */
  ByteSize MOST_READ = ByteSize.ofMegabytes(4);

  /**
   * Adds captures, resting. One that is there and rests already stays as it is; one that is there
   * in another state rests again, with what is new of it. Durable on return. Where there is no
   * room, the oldest make some.
   *
   * @return which were dropped to make room, those that are gone left out
   * @throws IOException if the disk refused: nothing was added
   */
  List<DeadId> add(List<DeadCapture> dead) throws IOException;

  /** Every row of a group, by capture. */
  Map<CaptureId, Place> index(GroupName group) throws IOException;

  /**
   * Rows in the order of their numbers, those that are gone left out; none at the end.
   *
   * @param group whose; null: everybody's
   * @param state which; null: all that are not gone
   * @param after only rows with a higher number
   * @param max so many rows at most
   */
  List<DeadRow> read(@Nullable GroupName group, @Nullable State state, long after, int max)
      throws IOException;

  /**
   * Changes the state of rows; a key that has no row is passed over. Durable on return.
   *
   * @throws IOException if the disk refused: nothing was changed
   */
  void mark(State state, Collection<DeadId> keys) throws IOException;

  /** Forgets rows; a key that has no row is passed over. */
  void remove(Collection<DeadId> keys) throws IOException;

  /** Why a capture may not be here that was, as the books have it, and that nobody removed. */
  LossReason missing();

  /** Bytes that the dead take, about. */
  long bytes();
}
