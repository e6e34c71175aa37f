package dev.weir.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers everything that is wrong with the values of one configuration record, for its compact
 * constructor.
 */
public final class Check {
  private final List<Fault> faults = new ArrayList<>();

  /**
   * @param path where to point, from the record's own keys on: {@code lease}, {@code target.to},
   *     {@code sources[2].buckets[0]}
   * @param related other places that the statement rests on: it is not made where one of them could
   *     not be read
   */
  public Check that(boolean holds, String path, String otherwise, String... related) {
    if (!holds) {
      faults.add(new Fault(path, otherwise, List.of(related)));
    }
    return this;
  }

  /** @throws InvalidRecord with all that did not hold */
  public void end() {
    if (!faults.isEmpty()) {
      throw new InvalidRecord(faults);
    }
  }

  record Fault(String path, String message, List<String> related) {}

  /** The values of a record do not go together. */
  static final class InvalidRecord extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private final transient List<Fault> faults;

    InvalidRecord(List<Fault> faults) {
      super(String.join(
          "; ", faults.stream().map(f -> f.path() + ": " + f.message()).toList()));
      this.faults = List.copyOf(faults);
    }

    List<Fault> faults() {
      return faults;
    }
  }
}
