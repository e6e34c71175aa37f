package dev.weir.cli;

/** What the command answers to its shell. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** An assertion did not hold: a script's test, {@code --fail-on}. */
  static final int ASSERTION = 3;

  /** {@code EX_UNAVAILABLE} of sysexits.h: a peer could not be reached. */
  static final int UNREACHABLE = 69;

  /** {@code EX_CONFIG} of sysexits.h. */
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
