package dev.weir.fuzz;

import com.sun.management.ThreadMXBean;
import dev.weir.config.Durations;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Feeds a decoder with real encodings that were changed at random. It may take them or throw what
 * it documents, within a time and within memory; whatever else it does fails the test, with the
 * seed and the bytes.
 *
 * <p>{@code -Dweir.fuzz=10m} goes on for so long, {@code -Dweir.seed=7} elsewhere.
 */
public final class Fuzz {
  private static final int ROUNDS = 2_000;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final String name;
  private final List<byte[]> corpus;
  private final Class<? extends Exception> documented;
  private long mostBytes = 64 << 20;

  private Fuzz(String name, List<byte[]> corpus, Class<? extends Exception> documented) {
    this.name = name;
    this.corpus = corpus;
    this.documented = documented;
  }

  /** Decodes, and checks what it likes of the result. */
  @FunctionalInterface
  public interface Decoder {
    void decode(byte[] bytes) throws Exception;
  }

  /**
   * @param corpus real encodings: the decoder takes each of them
   * @param documented all that it may throw of others
   */
  public static Fuzz of(String name, List<byte[]> corpus, Class<? extends Exception> documented) {
    return new Fuzz(name, corpus, documented);
  }

  /** What decoding one input may allocate; 64 MB where nothing is said. */
  public Fuzz allocating(long most) {
    mostBytes = most;
    return this;
  }

  public void run(Decoder decoder) throws Exception {
    for (byte[] real : corpus) {
      decoder.decode(real.clone());
    }
    long seed = Long.getLong("weir.seed", 1);
    String asked = System.getProperty("weir.fuzz");
    long until = asked == null ? 0 : System.nanoTime() + Durations.parse(asked).toNanos();
    Worker worker = new Worker(decoder, new Mutator(seed, corpus));
    CompletableFuture<Void> over = CompletableFuture.runAsync(() -> worker.work(until), task -> {
      Thread thread = new Thread(task, "fuzz-" + name);
      thread.setDaemon(true);
      thread.start();
    });
    long before = -1;
    while (!over.isDone()) {
      try {
        over.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (worker.rounds.get() == before) {
          throw new AssertionError(worker.told("hangs"));
        }
        before = worker.rounds.get();
      } catch (ExecutionException e) {
        throw new AssertionError(worker.told(String.valueOf(e.getCause())), e.getCause());
      }
    }
    System.out.printf(
        "fuzz: %s took %d inputs of seed %d, refused %d%n",
        name, worker.rounds.get(), seed, worker.refused.get());
  }

  private final class Worker {
    private final Decoder decoder;
    private final Mutator mutator;
    private volatile byte[] input = {};
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Worker(Decoder decoder, Mutator mutator) {
      this.decoder = decoder;
      this.mutator = mutator;
    }

    void work(long until) {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      while (until == 0 ? rounds.get() < ROUNDS : System.nanoTime() - until < 0) {
        input = mutator.next();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
          decoder.decode(input.clone());
        } catch (Exception e) {
          if (!documented.isInstance(e)) {
            throw new IllegalStateException("threw " + e, e);
          }
          refused.incrementAndGet();
        }
        long took = threads.getCurrentThreadAllocatedBytes() - before;
        if (took > mostBytes) {
          throw new IllegalStateException("allocated " + took + " bytes");
        }
        rounds.incrementAndGet();
      }
    }

    String told(String what) {
      byte[] bytes = input;
      return name + " " + what + "; seed " + Long.getLong("weir.seed", 1) + ", input " + rounds
          + ", " + bytes.length + " bytes: "
          + HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 2_000)));
    }
  }
}
