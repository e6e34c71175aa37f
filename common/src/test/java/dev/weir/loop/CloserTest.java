package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  private final List<String> closed = new ArrayList<>();
  private final Closer closer = new Closer();

  @Test
  void closesInReverseOrderAndOnce() {
    closer.add(() -> closed.add("a"));
    closer.add(() -> closed.add("b"));
    closer.close();
    closer.close();

    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void closesTheOthersWhenOneFails() {
    closer.add(() -> closed.add("a"));
    closer.add(() -> {
      throw new IOException("meant to be");
    });
    closer.add(() -> {
      throw new IllegalStateException("meant to be");
    });
    closer.add(() -> closed.add("b"));
    closer.close();

    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void passesAnInterruptOn() {
    closer.add(() -> closed.add("a"));
    closer.add(() -> {
      throw new InterruptedException("meant to be");
    });
    closer.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(closed).containsExactly("a");
  }
}
