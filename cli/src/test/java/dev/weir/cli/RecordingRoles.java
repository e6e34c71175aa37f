package dev.weir.cli;

import dev.weir.config.Reloading;
import dev.weir.loop.Running;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Roles that keep their configuration and serve nothing. */
final class RecordingRoles {
  private final @Nullable IOException failure;
  final CountDownLatch closed = new CountDownLatch(1);
  volatile Record config;

  private RecordingRoles(@Nullable IOException failure) {
    this.failure = failure;
  }

  static RecordingRoles serving() {
    return new RecordingRoles(null);
  }

  static RecordingRoles refusing() {
    return failingWith(new IOException("refused by the test"));
  }

  static RecordingRoles failingWith(IOException failure) {
    return new RecordingRoles(failure);
  }

  Roles roles() {
    return new Roles(this::start, this::start, this::start);
  }

  private Running start(Record given, Reloading.Source<?> again) throws IOException {
    config = given;
    if (failure != null) {
      throw failure;
    }
    return new Running() {
      @Override
      public Map<String, String> addresses() {
        return Map.of("listen", "127.0.0.1:1234");
      }

      @Override
      public List<String> reload() {
        return List.of();
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
  }
}
