package dev.weir.relay.lease;

import dev.weir.relay.store.Losses;
import dev.weir.unit.GroupName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A group at one moment.
 *
 * @param start the first position that is its business
 * @param captures how many there were since its start, the rewound ones counted again
 * @param rewound how many captures are counted once more because a rewind brought them back
 * @param dead those that are due and tried again included
 * @param waiting to be leased, those behind their session included
 * @param delayed to be tried again later
 * @param lowest the first position that is not settled
 * @param leases how many run
 * @param stuck whether it reads no further, because too many captures are open
 * @param unheard since when no player has asked; over a restart up to an hour less
 * @param silent whether that is so long that it holds nothing back
 * @param pausedMs for how long it is paused, in milliseconds; null: it is not
 */
public record GroupView(
    GroupName name,
    long start,
    long captures,
    long rewound,
    long delivered,
    long filtered,
    long dead,
    Losses lost,
    long waiting,
    long leased,
    long delayed,
    long lowest,
    int leases,
    boolean stuck,
    Duration unheard,
    boolean silent,
    @Nullable Long pausedMs) {

  /** What is not settled. */
  public long open() {
    return waiting + leased + delayed;
  }

  /** What the group's equation is off by: 0. */
  public long imbalance() {
    return captures - (delivered + filtered + dead + lost.total() + open());
  }
}
