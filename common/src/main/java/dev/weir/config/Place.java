package dev.weir.config;

/**
 * Where something stands in a configuration file, lines and columns counted from 0; or the flag of
 * the command line that said it.
 *
 * @param line -1: the whole file, or a flag
 */
record Place(SourceText text, int line, int column, int endLine, int endColumn) {
  static Place whole(SourceText text) {
    return new Place(text, -1, 0, -1, 0);
  }

  /** {@code proxy.yaml:12:5}, counted from 1. */
  @Override
  public String toString() {
    return line < 0 ? text.name() : text.name() + ":" + (line + 1) + ":" + (column + 1);
  }
}
