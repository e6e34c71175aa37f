package dev.weir.proxy.source;

import dev.weir.capture.Capture;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An intake that keeps what it is handed, and says of submitted captures what it was told to. */
public final class RecordingIntake implements Intake {
  private static final int PATIENCE_SECONDS = 10;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final BlockingQueue<Capture> captures = new LinkedBlockingQueue<>();
  private final BlockingQueue<PassReason> passed = new LinkedBlockingQueue<>();
  private volatile CompletionStage<Verdict> verdict =
      CompletableFuture.completedStage(new Verdict.Stored());

  @Override
  public void begin() {
    begun.incrementAndGet();
  }

  @Override
  public void offer(Capture capture) {
    captures.add(capture);
  }

  @Override
  public CompletionStage<Verdict> submit(Capture capture) {
    captures.add(capture);
    return verdict;
  }

  @Override
  public void pass(PassReason reason) {
    passed.add(reason);
  }

  @Override
  public void lose() {
    lost.incrementAndGet();
  }

  /** What {@link #submit} answers from now on. */
  public void answer(CompletionStage<Verdict> next) {
    verdict = next;
  }

  /** The oldest capture that nobody has taken; waits for it. */
  public Capture next() throws InterruptedException {
    Capture capture = captures.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (capture == null) {
      throw new AssertionError("no capture has come");
    }
    return capture;
  }

  /** How many captures nobody has taken. */
  public int waiting() {
    return captures.size();
  }

  public int lost() {
    return lost.get();
  }

  public int begun() {
    return begun.get();
  }

  /** The oldest reason to pass that nobody has taken; waits for it. */
  public PassReason nextPassed() throws InterruptedException {
    PassReason reason = passed.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("nothing was passed over");
    }
    return reason;
  }
}
