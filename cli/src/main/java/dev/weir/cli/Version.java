package dev.weir.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the jar's version and the Java under it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "weir " + (version == null ? "unreleased" : version) + " (java "
          + System.getProperty("java.version") + ")"
    };
  }
}
