package dev.weir.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir completion}. */
@Command(
    name = "completion",
    header = "Prints a completion script for bash and zsh.",
    description = "Prints a script that completes weir's commands and flags in bash and zsh.",
    footer = {
      "",
      "Examples:",
      "  source <(weir completion)",
      "  weir completion > /etc/bash_completion.d/weir"
    })
final class CompletionCommand implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    root.getOut().print(AutoComplete.bash(spec.root().name(), root));
    root.getOut().flush();
  }
}
