package dev.weir.relay.bucket;

import java.util.concurrent.CompletableFuture;

/** An answer that is true once the next commit has succeeded. */
record Promise<T>(CompletableFuture<T> to, T answer) {
  void keep() {
    to.complete(answer);
  }

  void breakFor(Exception reason) {
    to.completeExceptionally(reason);
  }
}
