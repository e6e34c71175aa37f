package dev.weir.unit;

/** Which Weir this is. */
public final class Version {
  /** As in the project's releases. */
  public static final String CURRENT = "0.1.0";

  private Version() {}
}
