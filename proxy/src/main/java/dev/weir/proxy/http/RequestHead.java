package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import java.util.List;

/** The head of a request as it stood on the wire. Valid only during the call that shows it. */
public interface RequestHead {
  String method();

  /** The request target, undecoded. */
  String target();

  /** Such as {@code HTTP/1.1}. */
  String version();

  /** Every value under that name, compared without case, in order. */
  List<String> values(String name);

  Headers headers();
}
