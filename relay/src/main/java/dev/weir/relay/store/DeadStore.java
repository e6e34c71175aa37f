package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.unit.GroupName;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The dead bucket of one bucket: unique by group and capture, bounded in bytes. What stands in it
 * counts as dead, whatever the group's book says. Its bucket's loop alone may call.
 */
public interface DeadStore extends Closeable {
  /**
   * Adds captures; one that is there already stays as it is. Durable on return. Where there is no
   * room, the oldest make some.
   *
   * @return how many captures of each group were dropped to make room
   * @throws IOException if the disk refused: nothing was added
   */
  Map<GroupName, Long> add(List<DeadCapture> dead) throws IOException;

  /** Who is dead for a group, and where in the bucket each stood. */
  Map<CaptureId, Long> offsets(GroupName group) throws IOException;

  /** Bytes that the dead take, about. */
  long bytes();
}
