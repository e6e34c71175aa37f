package dev.weir.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends numbered requests, each number once, over a few keep-alive connections at a steady rate.
 * Each connection is a session whose numbers rise; after a failure it goes on with the next number
 * over a new connection.
 */
public final class Traffic implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;
  private static final long RECONNECT_NANOS = 20_000_000;
  private static final int MAX_HEAD = 16 << 10;

  private final InetSocketAddress to;
  private final int bodySize;
  private final int perSession;
  private final long nanosBetween;
  private final long first;
  private final AtomicLong numbers;
  private final AtomicLong sessions = new AtomicLong();
  private final BitSet answered = new BitSet();
  private final AtomicLong failed = new AtomicLong();
  private final Histogram latency = new ConcurrentHistogram(3_600_000_000L, 3);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * How many customers there are, and how busy.
   *
   * @param perSecond requests over all connections; 0: as many as the site answers
   * @param perSession after so many a customer comes back over another connection
   */
  public record Load(int connections, int perSecond, int bodySize, int perSession) {
    /** Whose customers stay for ever. */
    public Load(int connections, int perSecond, int bodySize) {
      this(connections, perSecond, bodySize, Integer.MAX_VALUE);
    }
  }

  /** @param first the first number */
  public Traffic(InetSocketAddress to, Load load, long first) {
    this.to = to;
    this.first = first;
    this.numbers = new AtomicLong(first);
    this.bodySize = load.bodySize();
    this.perSession = load.perSession();
    this.nanosBetween =
        load.perSecond() == 0 ? 0 : 1_000_000_000L * load.connections() / load.perSecond();
    for (int i = 0; i < load.connections(); i++) {
      threads.add(new Thread(this::run, "traffic-" + i));
    }
  }

  public Traffic start() {
    threads.forEach(Thread::start);
    return this;
  }

  /** The number that nobody has yet. */
  public long next() {
    return numbers.get();
  }

  /** How many numbers were given so far; each was sent, or its sending failed. */
  public long sent() {
    return numbers.get() - first;
  }

  /** How many got an answer. */
  public long answers() {
    synchronized (answered) {
      return answered.cardinality();
    }
  }

  /** The numbers that got an answer. */
  public LongStream answered() {
    synchronized (answered) {
      return ((BitSet) answered.clone()).stream().mapToLong(index -> first + index);
    }
  }

  /** Requests that got no answer, or not a 200. */
  public long failures() {
    return failed.get();
  }

  /** In microseconds, of answered requests. */
  public Histogram latency() {
    return latency;
  }

  private void run() {
    long due = System.nanoTime();
    while (!stopped) {
      try (Socket socket = new Socket()) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(to, TIMEOUT_MS);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        int session = (int) sessions.incrementAndGet();
        for (int i = 0; i < perSession && !stopped; i++) {
          due = await(due);
          exchange(socket, in, session);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(RECONNECT_NANOS);
      }
    }
  }

  private long await(long due) {
    if (nanosBetween == 0) {
      return due;
    }
    long wait = due - System.nanoTime();
    while (wait > 0 && !stopped) {
      LockSupport.parkNanos(wait);
      wait = due - System.nanoTime();
    }
    // what a stall held back is not made up for: the rate is the most, not the mean
    return Math.max(due, System.nanoTime() - nanosBetween) + nanosBetween;
  }

  private void exchange(Socket socket, InputStream in, int session) throws IOException {
    Numbered request = new Numbered(session, numbers.getAndIncrement());
    byte[] body = request.body(bodySize);
    String head = "POST " + request.path() + " HTTP/1.1\r\nHost: shop.example\r\nContent-Length: "
        + body.length + "\r\n\r\n";
    ByteArrayOutputStream message = new ByteArrayOutputStream(head.length() + body.length);
    message.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(body);
    long begun = System.nanoTime();
    try {
      socket.getOutputStream().write(message.toByteArray());
      int status = readAnswer(in);
      if (status != 200) {
        throw new IOException("answered " + status);
      }
    } catch (IOException e) {
      failed.incrementAndGet();
      throw e;
    }
    latency.recordValue((System.nanoTime() - begun) / 1_000);
    synchronized (answered) {
      answered.set(Math.toIntExact(request.number() - first));
    }
  }

  private static int readAnswer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int b = in.read();
      if (b < 0 || head.length() > MAX_HEAD) {
        throw new IOException("the answer ended in its head");
      }
      head.append((char) b);
    }
    String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
    int at = lower.indexOf("\r\ncontent-length:");
    int length = at < 0
        ? 0
        : Integer.parseInt(
            lower.substring(at + 17, lower.indexOf("\r\n", at + 2)).strip());
    if (in.readNBytes(length).length < length) {
      throw new IOException("the answer ended in its body");
    }
    return Integer.parseInt(head.substring(9, 12));
  }

  /** Lets requests under way end, and sends no more. */
  @Override
  public void close() {
    stopped = true;
    threads.forEach(LockSupport::unpark);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
