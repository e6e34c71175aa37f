package dev.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads single values: fills in variables, converts, and looks for the files that are named. */
final class Values {
  private final Surroundings surroundings;
  private final Variables variables;

  Values(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.variables = new Variables(surroundings);
  }

  /** @throws IllegalArgumentException if it is not of that type; the message can be shown */
  Object read(Tree.Scalar scalar, Class<?> type) {
    Variables.Filled filled = fill(scalar);
    try {
      return Scalars.parse(type, filled.text(), scalar.place().text()::resolve);
    } catch (IllegalArgumentException e) {
      if (filled.fromFile()) {
        throw new IllegalArgumentException(
            "what the file holds cannot be used here (its text is not shown)", e);
      }
      throw e;
    }
  }

  /** Whether it says nothing, so that its key counts as left out. */
  boolean isBlank(Tree tree) {
    if (!(tree instanceof Tree.Scalar scalar) || scalar.quoted()) {
      return false;
    }
    try {
      return scalar.isBlank() || fill(scalar).text().isEmpty();
    } catch (IllegalArgumentException e) {
      return false; // told where the value is read
    }
  }

  private Variables.Filled fill(Tree.Scalar scalar) {
    return scalar.literal()
        ? new Variables.Filled(scalar.text(), false)
        : variables.fill(scalar.text(), scalar.place().text()::resolve);
  }

  /** What is wrong with the file or folder that a key names; null if nothing. */
  @Nullable
  String objection(Key key, Path path) {
    if (key.readable() && !surroundings.isReadable(path)) {
      return "there is no file " + path + " that can be read";
    }
    if (key.writable() && !surroundings.isWritable(path)) {
      return "folder " + path + " can neither be written to nor made";
    }
    return null;
  }
}
