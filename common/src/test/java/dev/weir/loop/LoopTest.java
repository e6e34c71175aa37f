package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @Test
  void callsItsStepAgainAfterThePause() throws InterruptedException {
    CountDownLatch three = new CountDownLatch(3);
    long began = System.nanoTime();
    try (Loop loop = new Loop("test", counting(three, Duration.ofMillis(20)))) {
      loop.start();
      three.await();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofMillis(40));
  }

  @Test
  void wakesAWaitingStep() throws InterruptedException {
    BlockingQueue<Integer> steps = new LinkedBlockingQueue<>();
    try (Loop loop = new Loop("test", () -> {
      steps.add(1);
      return LONG;
    })) {
      loop.start();
      for (int i = 0; i < 100; i++) {
        assertThat(steps.poll(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        loop.wake();
      }
    }
  }

  @Test
  void losesNoWakeUpThatComesDuringAStep() throws InterruptedException {
    SynchronousQueue<String> began = new SynchronousQueue<>();
    SynchronousQueue<String> go = new SynchronousQueue<>();
    try (Loop loop = new Loop("test", () -> {
      began.put("began");
      go.take();
      return LONG;
    })) {
      loop.start();
      for (int i = 0; i < 100; i++) {
        assertThat(began.poll(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
        loop.wake();
        go.put("go");
      }
      began.take();
      go.put("go");
    }
  }

  @Test
  void losesNoWakeUpUnderLoad() throws InterruptedException {
    AtomicInteger produced = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    try (Loop loop = new Loop("test", () -> {
      seen.set(produced.get());
      return LONG;
    })) {
      loop.start();
      for (int i = 1; i <= 20_000; i++) {
        produced.set(i);
        loop.wake();
        if (i % 200 == 0) {
          long until = System.nanoTime() + AT_ONCE.toNanos();
          while (seen.get() < i && System.nanoTime() - until < 0) {
            Thread.onSpinWait();
          }
          assertThat(seen.get()).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void closesAtOnceWhileItWaits() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    Loop loop = new Loop("test", counting(first, LONG)).start();
    first.await();

    assertTimeoutPreemptively(AT_ONCE, loop::close);

    assertThat(loop.isRunning()).isFalse();
    loop.close();
  }

  @Test
  void letsTheStepUnderWayFinish() throws InterruptedException {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    Loop loop = new Loop("test", () -> {
          began.countDown();
          go.await();
          finished.incrementAndGet();
          return Duration.ZERO;
        })
        .start();
    began.await();
    Thread closer = new Thread(loop::close);
    closer.start();
    go.countDown();
    closer.join();

    assertThat(finished.get()).isPositive();
    assertThat(loop.isRunning()).isFalse();
  }

  @Test
  void interruptsAStepThatHangs() throws InterruptedException {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Loop loop = new Loop("test", () -> {
          began.countDown();
          never.await();
          return Duration.ZERO;
        })
        .start();
    began.await();

    assertTimeoutPreemptively(Duration.ofSeconds(8), loop::close);

    assertThat(loop.isRunning()).isFalse();
  }

  @Test
  void goesOnAfterAStepThatThrows() throws InterruptedException {
    goesOnAfter(() -> {
      throw new IllegalStateException("meant to be");
    });
  }

  @Test
  void goesOnAfterAnError() throws InterruptedException {
    goesOnAfter(() -> {
      throw new StackOverflowError("meant to be");
    });
  }

  private static void goesOnAfter(Step failure) throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(1);
    long began = System.nanoTime();
    try (Loop loop = new Loop("test", () -> {
      if (calls.incrementAndGet() == 1) {
        return failure.step();
      }
      second.countDown();
      return LONG;
    })) {
      loop.start();
      while (second.getCount() > 0) {
        loop.wake(); // must not make it try again sooner
        second.await(1, TimeUnit.MILLISECONDS);
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void endsWhenClosedBeforeItsStart() throws InterruptedException {
    AtomicInteger steps = new AtomicInteger();
    Loop loop = new Loop("test", () -> {
      steps.incrementAndGet();
      return LONG;
    });
    loop.close();
    loop.start();
    long until = System.nanoTime() + AT_ONCE.toNanos();
    while (loop.isRunning() && System.nanoTime() - until < 0) {
      Thread.onSpinWait();
    }

    assertThat(loop.isRunning()).isFalse();
    assertThat(steps).hasValue(0);
  }

  @Test
  void canBeClosedByItsOwnStep() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    Loop[] self = new Loop[1];
    self[0] = new Loop("test", () -> {
      self[0].close();
      closed.countDown();
      return LONG;
    });
    self[0].start();

    assertThat(closed.await(AT_ONCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static Step counting(CountDownLatch latch, Duration pause) {
    return () -> {
      latch.countDown();
      return pause;
    };
  }
}
