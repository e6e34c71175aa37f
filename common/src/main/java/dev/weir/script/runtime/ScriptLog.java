package dev.weir.script.runtime;

import dev.weir.loop.Ticker;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.StringLibrary;
import java.time.Duration;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * {@code log} and {@code print}: what a script has to say, in short lines and not too many. One per
 * script, shared by its workers; thread-safe.
 */
final class ScriptLog {
  private static final int LINES_PER_WINDOW = 20;
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final int LONGEST_LINE = 1000;

  private final Logger logger;
  private final Ticker ticker;
  private long windowStart;
  private int lines;
  private long suppressed;

  ScriptLog(String script, Ticker ticker) {
    this.logger = LoggerFactory.getLogger("dev.weir.script." + script.replace('.', '_'));
    this.ticker = ticker;
    this.windowStart = ticker.nanos();
  }

  Library library() {
    return Library.named("log")
        .function("debug", args -> write(Level.DEBUG, args))
        .function("info", args -> write(Level.INFO, args))
        .function("warn", args -> write(Level.WARN, args))
        .function("error", args -> write(Level.ERROR, args))
        .seal();
  }

  LuaValue print() {
    return new Builtin("print", args -> write(Level.INFO, args));
  }

  private Varargs write(Level level, Varargs args) {
    StringBuilder line = new StringBuilder();
    for (int i = 1; i <= args.narg() && line.length() < LONGEST_LINE; i++) {
      line.append(i > 1 ? " " : "")
          .append(Text.beginning(StringLibrary.text(args.arg(i)), LONGEST_LINE));
    }
    line.setLength(Math.min(line.length(), LONGEST_LINE));
    long more = admit();
    if (more >= 0) {
      String text = line.toString().replaceAll("\\p{Cntrl}", " ");
      logger
          .atLevel(level)
          .log(more == 0 ? text : text + " (" + more + " lines before it left out)");
    }
    return LuaValue.NONE;
  }

  /** How many lines were left out before this one; -1: leave out this one too. */
  private synchronized long admit() {
    long now = ticker.nanos();
    if (now - windowStart >= WINDOW.toNanos()) {
      windowStart = now;
      lines = 0;
    }
    if (lines == LINES_PER_WINDOW) {
      suppressed++;
      return -1;
    }
    lines++;
    long more = suppressed;
    suppressed = 0;
    return more;
  }
}
