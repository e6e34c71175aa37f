package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TogetherTest {
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void closesAllAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(3);
    AutoCloseable one = () -> {
      all.await(10, TimeUnit.SECONDS);
      closed.incrementAndGet();
    };

    new Together(List.of(one, one, one)).close();

    assertThat(closed).hasValue(3);
  }

  @Test
  void oneThatFailsKeepsNoOtherFromClosing() {
    AutoCloseable bad = () -> {
      throw new IllegalStateException("stuck");
    };

    new Together(List.of(bad, closed::incrementAndGet)).close();

    assertThat(closed).hasValue(1);
  }
}
