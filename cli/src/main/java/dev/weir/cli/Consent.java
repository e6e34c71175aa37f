package dev.weir.cli;

import picocli.CommandLine.Option;

/** Whether a command does what cannot be undone, or only counts it; and how it says which. */
final class Consent {
  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  boolean isGiven() {
    return yes;
  }

  /** {@code 3 captures are given up}, or {@code would be}, with what to do about it. */
  String tell(String who, String is, String done) {
    return who + " " + (yes ? is : "would be") + " " + done + hint();
  }

  /** What to add to a count; empty where it is given. */
  String hint() {
    return yes ? "" : "; nothing is changed: add --yes to do it";
  }
}
