package dev.weir.script.runtime;

import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.Prototype;
import org.luaj.vm2.compiler.LuaC;

/** A script as compiled. Immutable: all workers run the same one. */
record Script(ScriptSettings settings, Prototype main) {
  static final int LARGEST_FILE = 1 << 20;
  private static final byte BYTECODE = 0x1b;
  private static final Pattern SYMBOL =
      Pattern.compile("unexpected symbol (\\d+) .*", Pattern.DOTALL);
  private static final int FIRST_WORD = 257;
  private static final List<String> WORDS = List.of(
      ("and break do else elseif end false for function goto if in local nil not or repeat return"
              + " then true until while .. ... == >= <= ~= :: <eof> <number> <name> <string>")
          .split(" "));

  static Script read(ScriptSettings settings) throws ScriptException {
    byte[] source;
    try {
      if (Files.size(settings.file()) > LARGEST_FILE) {
        throw new ScriptException(settings.file() + ": too long: " + Files.size(settings.file())
            + " bytes, at most " + LARGEST_FILE);
      }
      source = Files.readAllBytes(settings.file());
    } catch (NoSuchFileException e) {
      throw new ScriptException(settings.file() + ": there is no such file");
    } catch (IOException e) {
      throw new ScriptException(settings.file() + ": cannot be read: " + e);
    }
    return compile(settings, source);
  }

  static Script compile(ScriptSettings settings, byte[] source) throws ScriptException {
    if (source.length > 0 && source[0] == BYTECODE) {
      throw new ScriptException(settings.name() + ": is bytecode; only text is allowed");
    }
    try {
      Prototype main =
          LuaC.instance.compile(new ByteArrayInputStream(source), "@" + settings.name());
      return new Script(settings, main);
    } catch (LuaError e) {
      throw new ScriptException(readable(String.valueOf(e.getMessage()).strip()));
    } catch (IOException | RuntimeException e) {
      throw new ScriptException(settings.name() + ": cannot be compiled: " + e);
    }
  }

  /** LuaJ's compiler names words by their number. */
  private static String readable(String message) {
    Matcher symbol = SYMBOL.matcher(message);
    if (!symbol.find()) {
      return message;
    }
    int word = Integer.parseInt(symbol.group(1)) - FIRST_WORD;
    String name = word >= 0 && word < WORDS.size() ? WORDS.get(word) : "symbol";
    return message.substring(0, symbol.start()) + "unexpected " + name;
  }

  String name() {
    return settings.name();
  }
}
