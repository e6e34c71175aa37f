package dev.weir.unit;

/** Which Weir this is. */
public final class Version {
  /** As the project's {@code pom.xml} says, to which a test holds it. */
  public static final String CURRENT = "0.1.0-SNAPSHOT";

  private Version() {}
}
