package dev.weir.proxy.http;

import io.undertow.protocols.http2.Http2Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * What one I/O thread owns: its conversations, its idle connections to the service, its buffers.
 * Only that thread touches it, but for {@link #thread} and {@link #quiet}.
 */
final class Lane {
  static final int BUFFER = 16 << 10;
  private static final int MAX_SPARE_BUFFERS = 1024;
  private static final int MAX_IDLE_UPSTREAMS = 512;
  /** Below the five seconds after which some servers close an idle connection. */
  private static final int UPSTREAM_IDLE_SECONDS = 4;

  final XnioIoThread thread;
  final ReverseProxy proxy;
  private final @Nullable Dialer dialer;
  final Head head = new Head();
  /** In the order in which they began, which is finer than their second. */
  final Set<Conversation> conversations = new LinkedHashSet<>();

  final Set<Http2Channel> http2 = new HashSet<>();
  private final ArrayDeque<Upstream> idle = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private final CountDownLatch quiet = new CountDownLatch(1);
  private final XnioExecutor.Key clock;
  /** Counts on while the lane lives: a clock that costs nothing to read. */
  int second;

  /** What half heads take. */
  private long halfHeads;

  boolean draining;

  Lane(ReverseProxy proxy, @Nullable Dialer dialer, XnioIoThread thread) {
    this.proxy = proxy;
    this.dialer = dialer;
    this.thread = thread;
    this.clock = thread.executeAtInterval(
        this::tick, proxy.limits().second().toMillis(), TimeUnit.MILLISECONDS);
  }

  ByteBuffer take() {
    ByteBuffer buffer = spare.pollLast();
    return buffer == null ? ByteBuffer.allocateDirect(BUFFER) : buffer.clear();
  }

  ByteBuffer take(int least) {
    return least <= BUFFER ? take() : ByteBuffer.allocate(least);
  }

  void give(ByteBuffer buffer) {
    if (buffer.capacity() == BUFFER && buffer.isDirect() && spare.size() < MAX_SPARE_BUFFERS) {
      spare.addLast(buffer);
    }
  }

  /** Lends a connection to the service; calls back at once if one is idle. */
  void connect(Exchange exchange, boolean fresh) {
    Dialer service = dialer;
    if (service == null) {
      exchange.connected(new Upstream(this, exchange.answeringEnd()));
      return;
    }
    Upstream upstream = fresh ? null : idle.pollLast();
    while (upstream != null && upstream.idleSince != second && upstream.isStale()) {
      upstream.close();
      upstream = idle.pollLast();
    }
    if (upstream == null) {
      dial(service, exchange);
    } else {
      exchange.connected(upstream);
    }
  }

  private void dial(Dialer service, Exchange exchange) {
    IoFuture<StreamConnection> attempt = service.open(thread, connection -> {
      Upstream opened = new Upstream(this, new SocketEnd(connection));
      if (exchange.isConnecting()) {
        exchange.connected(opened);
      } else {
        opened.close();
      }
    });
    exchange.connecting(attempt);
    attempt.addNotifier(
        (future, e) -> {
          if (future.getStatus() == IoFuture.Status.FAILED) {
            IOException reason = future.getException();
            thread.execute(() -> e.unreachable(attempt, reason));
          }
        },
        exchange);
  }

  /** Takes a connection back that can carry another exchange. */
  void release(Upstream upstream) {
    if (draining || idle.size() == MAX_IDLE_UPSTREAMS) {
      upstream.close();
    } else {
      upstream.idle(second);
      idle.addLast(upstream);
    }
  }

  void forget(Upstream upstream) {
    idle.remove(upstream);
  }

  private void tick() {
    second++;
    while (!idle.isEmpty() && second - idle.peekFirst().idleSince > UPSTREAM_IDLE_SECONDS) {
      idle.pollFirst().close();
    }
    for (Conversation conversation : new ArrayList<>(conversations)) {
      conversation.tick();
    }
  }

  /** Whether it has as many conversations as all clients may have connections. */
  boolean isCrowded() {
    return conversations.size() >= proxy.limits().connections();
  }

  /** Books what half heads take more, and waits no longer for the oldest where that is too much. */
  void halfHead(long more) {
    halfHeads += more;
    if (more > 0 && halfHeads > proxy.limits().halfHeads().bytes()) {
      conversations.stream()
          .filter(conversation -> conversation.halfHead() > 0)
          .sorted(Comparator.comparingInt(Conversation::since))
          .toList()
          .forEach(oldest -> {
            if (halfHeads > proxy.limits().halfHeads().bytes() / 2) {
              oldest.tooSlow();
            }
          });
    }
  }

  void closed(Conversation conversation) {
    conversations.remove(conversation);
    if (draining && conversations.isEmpty()) {
      quiet.countDown();
    }
  }

  /** Opens when the last conversation of a lane that drains is over. Any thread may wait. */
  CountDownLatch quiet() {
    return quiet;
  }

  /** Ends what is idle now, and the rest as it becomes idle. */
  void drain() {
    draining = true;
    closeIdle();
    http2.forEach(channel -> channel.sendGoAway(Http2Channel.ERROR_NO_ERROR));
    for (Conversation conversation : new ArrayList<>(conversations)) {
      conversation.drain();
    }
    if (conversations.isEmpty()) {
      quiet.countDown();
    }
  }

  void stop() {
    clock.remove();
    draining = true;
    closeIdle();
    for (Conversation conversation : new ArrayList<>(conversations)) {
      conversation.abort();
    }
    new ArrayList<>(http2).forEach(IoUtils::safeClose);
  }

  private void closeIdle() {
    for (Upstream upstream = idle.pollLast(); upstream != null; upstream = idle.pollLast()) {
      upstream.close();
    }
  }
}
