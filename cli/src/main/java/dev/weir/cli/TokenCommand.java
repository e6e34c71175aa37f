package dev.weir.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir token}. */
@Command(
    name = "token",
    header = "Makes tokens.",
    description = "Makes tokens for proxies, players and people.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Examples:", "  weir token new", "  weir token new > token.txt"})
final class TokenCommand implements Runnable {
  private static final int RANDOM_BYTES = 32;

  /** So that a token found in a log or a repository is known for what it is. */
  private static final String PREFIX = "weir_";

  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  @Command(
      name = "new",
      description = "Prints a new token, and its SHA-256 for the relay's configuration.",
      footer = {"", "Examples:", "  weir token new", "  weir token new > token.txt"})
  int make() throws NoSuchAlgorithmException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String hash = HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    PrintWriter out = spec.commandLine().getOut();
    out.println("token:  " + token);
    out.println("sha256: " + hash);
    PrintWriter err = spec.commandLine().getErr();
    err.println();
    err.println("The token is shown this once. Give it to the proxy or player as relay.token, and");
    err.println("the relay its hash, with what it may do:");
    err.println("  tokens:");
    err.println("    - {name: web-1, sha256: " + hash + ", roles: [\"ship:shop\"]}");
    return ExitCode.DONE;
  }
}
