package dev.weir.script.engine;

/** A script failed. The message names file and line where there is one. */
public final class ScriptException extends Exception {
  private static final long serialVersionUID = 1;

  public ScriptException(String message) {
    super(message);
  }

  ScriptException(String message, Throwable cause) {
    super(message, cause);
  }
}
