package dev.weir.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command in this process and keeps what it says. */
final class Terminal {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine line;

  Terminal(Roles roles) {
    line = Weir.commandLine(roles)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }

  /** A terminal for commands that start no role. */
  static Terminal withoutRoles() {
    return new Terminal(RecordingRoles.refusing().roles());
  }

  int run(String... arguments) {
    return line.execute(arguments);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
