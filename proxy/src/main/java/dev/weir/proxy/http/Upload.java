package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The request of an {@link Exchange}, on its way from the client to the service. */
final class Upload {
  private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

  private final Exchange exchange;
  private final Lane lane;
  private final End client;
  private final Flow up;
  private final Watch watch;

  private boolean waitsFor100;
  private boolean bodyBegun;
  /** Nobody takes more of the request: what still comes is only observed. */
  private boolean deaf;

  private boolean sent;
  /** The service has been told that nothing more will come. */
  private boolean ended;

  /** Only the client can take it further; so it was for so many seconds, and so much came. */
  private boolean waiting;

  private int waited;
  private long came;

  private boolean clientEnded;
  /** The head once more, where it may be sent again. */
  private byte @Nullable [] again;

  Upload(Exchange exchange, Flow up) {
    this.exchange = exchange;
    this.lane = exchange.lane;
    this.client = exchange.client;
    this.up = up;
    this.watch = exchange.watch;
  }

  /** @param end where the head ends in what has been read */
  void begin(Head head, Hop hop, int end) throws BadMessage {
    waitsFor100 = head.find(Kind.EXPECT) >= 0 && !exchange.isOld();
    bodyBegun = false;
    deaf = false;
    sent = false;
    ended = false;
    waiting = false;
    waited = 0;
    came = 0;
    ByteBuffer out = lane.take(Onward.room(head));
    boolean keepAlive = exchange.isOld() && exchange.isPersistent();
    Onward.request(head, hop, keepAlive, lane.proxy.forwarded(), exchange.peer(), out);
    again = up.framing.isDone() && Requests.isIdempotent(head) ? copy(out) : null;
    up.skip(end);
    up.begin(out);
    if (up.framing.isDone()) {
      watch.requestEnd(up.framing.trailers());
    } else {
      scan();
    }
    up.seal();
  }

  private static byte[] copy(ByteBuffer written) {
    byte[] bytes = new byte[written.position()];
    written.get(0, bytes);
    return bytes;
  }

  void beginTunnel() {
    sent = false;
    up.framing.untilClose();
  }

  /** Whether the request's last byte has come. */
  boolean isWhole() {
    return up.framing.isDone();
  }

  /** Whether nothing of it is left to do. */
  boolean isSent() {
    return sent;
  }

  /** Whether nobody has taken a byte of it. */
  boolean isUntouched() {
    return up.isUntouched();
  }

  boolean hasClientEnded() {
    return clientEnded;
  }

  /** Whether the client waits for 100 (Continue) before it sends its body. */
  boolean waitsFor100() {
    return waitsFor100 && !bodyBegun && !isWhole();
  }

  void sawContinue() {
    waitsFor100 = false;
  }

  boolean isDeaf() {
    return deaf;
  }

  void goDeaf() {
    deaf = true;
  }

  /** Whether the service could carry another exchange for all that was sent to it. */
  boolean leavesServiceReusable() {
    return sent && !deaf && !ended;
  }

  /** The service has begun to answer: nothing will be sent again. */
  void settle() {
    again = null;
  }

  boolean isRepeatable() {
    return again != null;
  }

  /** Sends the head once more, and only once: to another connection, which may well take it. */
  void repeat() {
    byte[] head = again;
    again = null;
    if (head != null) {
      up.repeat(head);
      sent = false;
      deaf = false;
    }
  }

  void readable() {
    if (sent) {
      readAhead();
    } else {
      pump();
    }
  }

  /** Passes on what there is, until one of the two ends must be waited for. */
  void pump() {
    waiting = false;
    try {
      for (int round = 0; round < Exchange.TURN; round++) {
        if (!drain()) {
          client.stopReading();
          return;
        }
        if (up.framing.isDone()) {
          sent = true;
          up.rest();
          exchange.requestSent();
          return;
        }
        if (up.unseen() == null) {
          int count = up.fill(client);
          if (count == 0) {
            waiting = true;
            up.rest();
            client.askToRead();
            return;
          }
          came += count;
          if (count < 0 && !mayEnd()) {
            exchange.abort();
            return;
          }
        }
        scan();
      }
      client.readSoon();
    } catch (BadMessage e) {
      LOG.debug("refused the rest of a request: {}", e.reason());
      lane.proxy.count(e.refusal());
      exchange.abort();
    } catch (IOException e) {
      exchange.abort();
    }
  }

  /**
   * A second has passed. Whether the body comes more slowly than it must, once {@code patience}
   * seconds were spent waiting for it.
   */
  boolean lags(int patience) {
    if (!waiting || waitsFor100()) {
      return false;
    }
    waited++;
    return waited > patience
        && came < waited * lane.proxy.limits().uploadRate().perSecond().bytes();
  }

  private boolean mayEnd() {
    clientEnded = true;
    return up.framing.endOfStream();
  }

  private void scan() throws BadMessage {
    ByteBuffer buffer = up.unseen();
    if (buffer != null && !up.framing.isDone()) {
      bodyBegun = true;
      up.clear(up.framing.scan(buffer, up.cleared(), buffer.limit(), watch.request));
      if (up.framing.isDone()) {
        watch.requestEnd(up.framing.trailers());
      }
    }
  }

  /** @return whether everything that may go to the service has gone */
  private boolean drain() {
    if (!deaf) {
      Upstream service = exchange.service();
      if (service == null) {
        return false;
      }
      try {
        if (up.drain(service.end)) {
          service.end.stopWriting();
          return true;
        }
        service.end.askToWrite();
        return false;
      } catch (IOException e) {
        // it may have answered before it closed: what it said is still to be read
        deaf = true;
      }
    }
    up.dropCleared();
    return true;
  }

  /** The request has gone: sees the client leave, or the next request come early. */
  private void readAhead() {
    try {
      int count = up.fill(client);
      if (count < 0) {
        clientEnded = true;
        passEnd();
      }
      if (count < 0 || up.isFull()) {
        client.stopReading();
      }
      up.rest();
    } catch (IOException e) {
      exchange.abort();
    }
  }

  /** Lets the service know that the client has closed its side and waits for this answer alone. */
  void passEnd() {
    Upstream service = exchange.service();
    client.stopReading();
    if (up.unseen() == null && service != null) {
      ended = true;
      again = null;
      service.end.finish();
    }
  }
}
