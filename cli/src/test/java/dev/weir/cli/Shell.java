package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a script apart into simple commands, as far as the pages' examples go: quotes, comments,
 * lines that go on, and commands joined by {@code | && ;}. Where output goes is left out.
 */
final class Shell {
  private final List<List<String>> commands = new ArrayList<>();
  private List<String> command = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;

  private Shell() {}

  static List<List<String>> commands(String script) {
    Shell shell = new Shell();
    shell.read(script.replace("\\\n", " ") + "\n");
    return shell.commands;
  }

  private void read(String script) {
    char quote = 0;
    for (int i = 0; i < script.length(); i++) {
      char c = script.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (c == '#' && !inWord) {
        i = script.indexOf('\n', i) - 1;
      } else if ("\n|;&".indexOf(c) >= 0) {
        endCommand();
      } else if (Character.isWhitespace(c)) {
        endWord();
      } else {
        word.append(c);
        inWord = true;
      }
    }
  }

  private void endWord() {
    if (inWord) {
      command.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  private void endCommand() {
    endWord();
    int redirect = command.indexOf(">");
    if (redirect >= 0) {
      command = command.subList(0, redirect);
    }
    if (!command.isEmpty()) {
      commands.add(List.copyOf(command));
    }
    command = new ArrayList<>();
  }
}
