package dev.weir.wire;

import dev.weir.unit.GroupName;
import java.util.List;

/**
 * Some dead captures of a bucket.
 *
 * @param dead what was asked for, in the order of their numbers
 * @param last how far it was looked: ask for those after it
 * @param end whether there is nothing after it
 */
public record DeadPage(List<Dead> dead, long last, boolean end) {
  public DeadPage {
    dead = List.copyOf(dead);
  }

  /**
   * One dead capture.
   *
   * @param number what it is called in its dead bucket; rises with time
   * @param capture the capture's name, for ever
   * @param diedMs in milliseconds since 1970
   * @param status the last HTTP status, 0 where there was none
   * @param due whether its group tries it again
   * @param method of its request; empty where it cannot be read
   */
  public record Dead(
      long number,
      GroupName group,
      String capture,
      long diedMs,
      String reason,
      int attempts,
      int status,
      boolean due,
      String method,
      String authority,
      String target) {}
}
