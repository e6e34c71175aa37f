package dev.weir.proxy.http;

import dev.weir.http.Refusal;

/**
 * A message that is not HTTP, or that two readers could take for two different things. Without a
 * stack trace: whoever sends such messages must not make us work.
 */
final class BadMessage extends Exception {
  private static final long serialVersionUID = 1;
  private final int status;
  private final String reason;

  /** @param status what to answer if it was a request */
  BadMessage(int status, String message) {
    super(message, null, false, false);
    this.status = status;
    this.reason = message;
  }

  BadMessage(String message) {
    this(400, message);
  }

  int status() {
    return status;
  }

  Refusal refusal() {
    return switch (status) {
      case 408 -> Refusal.TOO_SLOW;
      case 431 -> Refusal.TOO_LARGE;
      default -> Refusal.MALFORMED;
    };
  }

  String reason() {
    return reason;
  }
}
