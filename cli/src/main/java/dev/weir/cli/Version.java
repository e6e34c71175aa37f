package dev.weir.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: this Weir's and that of the Java under it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "weir " + dev.weir.unit.Version.CURRENT + " (java " + System.getProperty("java.version") + ")"
    };
  }
}
