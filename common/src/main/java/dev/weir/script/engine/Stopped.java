package dev.weir.script.engine;

/**
 * The end of a call that used up its budget. An Error, because Lua's {@code pcall} must not catch
 * it.
 */
public final class Stopped extends Error {
  private static final long serialVersionUID = 1;

  Stopped(String message) {
    super(message, null, false, false);
  }
}
