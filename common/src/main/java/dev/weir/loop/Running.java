package dev.weir.loop;

import java.util.List;
import java.util.Map;

/** A role that serves: what its composition root hands back once it is ready. */
public interface Running extends AutoCloseable {
  /** Where it serves, by purpose, in the order to show: {@code listen → 127.0.0.1:7070}. */
  Map<String, String> addresses();

  /**
   * Reads its configuration, certificates and scripts again; what is wrong, and what is wrong stays
   * as it was. Any thread.
   */
  List<String> reload();

  /** Takes nothing new, drains, and returns within twenty seconds. Idempotent; any thread. */
  @Override
  void close();
}
