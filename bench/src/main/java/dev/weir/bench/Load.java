package dev.weir.bench;

import java.time.Duration;

/** What is sent to a side: 1 KB answers to GET, or 1 KB POSTs, as fast as the answers come. */
record Load(Method method, int connections, Duration time) {

  enum Method {
    GET,
    POST
  }

  @Override
  public String toString() {
    return method + ", " + connections + (connections == 1 ? " connection" : " connections");
  }
}
