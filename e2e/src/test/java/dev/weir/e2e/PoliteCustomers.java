package dev.weir.e2e;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep the rules: they go when they are told {@code Connection: close}, ask again for
 * what is safe to ask for and was not answered, and wait while nobody listens. Each asks for one
 * number after another.
 */
final class PoliteCustomers implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long LATER_NANOS = 20_000_000;

  private final String site;
  private final HttpClient client;
  private final AtomicLong numbers = new AtomicLong();
  private final Set<Long> answered = ConcurrentHashMap.newKeySet();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /** @param tls how to trust the site, and whom to be; null: as Java does */
  PoliteCustomers(String site, int count, @Nullable SSLContext tls) {
    this.site = site;
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    this.client = tls == null ? builder.build() : builder.sslContext(tls).build();
    for (int i = 1; i <= count; i++) {
      int session = i;
      Thread thread = new Thread(() -> run(session), "customer-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  PoliteCustomers start() {
    threads.forEach(Thread::start);
    return this;
  }

  private void run(int session) {
    while (!stopped) {
      long number = numbers.getAndIncrement();
      while (!ask(new Numbered(session, number))) {
        LockSupport.parkNanos(LATER_NANOS);
      }
    }
  }

  /** Whether there is nothing more to do about it. */
  private boolean ask(Numbered request) {
    HttpRequest call = HttpRequest.newBuilder(URI.create(site + request.path()))
        .timeout(TIMEOUT)
        .build();
    try {
      HttpResponse<String> answer = client.send(call, BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        answered.add(request.number());
      } else {
        failures.add(request + " was answered with " + answer.statusCode());
      }
    } catch (ConnectException e) {
      return stopped; // nobody listens: not asked yet
    } catch (IOException e) {
      failures.add(request + ": " + e);
    } catch (InterruptedException e) {
      failures.add("interrupted");
    }
    return true;
  }

  /** The numbers that were answered. */
  Set<Long> answered() {
    return Set.copyOf(answered);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Lets what is under way end. */
  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
