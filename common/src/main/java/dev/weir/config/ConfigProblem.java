package dev.weir.config;

/** One thing that is wrong with a configuration, and where. */
record ConfigProblem(Place place, String message) {
  /** Place and message, then the line with a caret where there is one. */
  @Override
  public String toString() {
    String excerpt = place.text().excerpt(place);
    return place + ": " + message + (excerpt.isEmpty() ? "" : "\n" + excerpt);
  }
}
