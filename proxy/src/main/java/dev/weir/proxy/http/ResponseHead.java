package dev.weir.proxy.http;

import dev.weir.capture.Headers;

/** The head of an answer as it stood on the wire. Valid only during the call that shows it. */
public interface ResponseHead {
  int status();

  String version();

  Headers headers();
}
