package dev.weir.config;

/** A text that is never printed: a token or a password. */
public record Secret(String reveal) {
  public Secret {
    if (reveal.isEmpty()) {
      throw new IllegalArgumentException("a secret cannot be empty");
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
