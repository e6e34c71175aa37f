package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The answer of an {@link Exchange}, on its way from the service to the client. */
final class Download {
  private final Exchange exchange;
  private final Lane lane;
  private final End client;
  private final Flow down;
  private final Watch watch;

  private boolean toHead;
  /** How much of a head has been searched for its end. */
  private int searched;

  /** The client does not take what there is. */
  private boolean heldBack;

  private boolean begun;
  private boolean answered;
  private int answeredAt;
  private boolean reusable;

  Download(Exchange exchange, Flow down) {
    this.exchange = exchange;
    this.lane = exchange.lane;
    this.client = exchange.client;
    this.down = down;
    this.watch = exchange.watch;
  }

  void begin(Head request) {
    toHead = request.methodIs("HEAD");
    searched = 0;
    heldBack = false;
    begun = false;
    answered = false;
    reusable = false;
  }

  /** Whether the client has been told more than interim answers. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether nothing has come from the service yet. */
  boolean isUntouched() {
    return !begun && down.unseen() == null;
  }

  /** Whether only the client can take it further. */
  boolean isHeldBack() {
    return heldBack;
  }

  /** Whether the client has the whole answer. */
  boolean isAnswered() {
    return answered;
  }

  int secondsSince() {
    return lane.second - answeredAt;
  }

  /** Whether only closing tells the client where the answer ends. */
  boolean endsByClosing() {
    return down.framing.isUntilClose();
  }

  boolean leavesServiceReusable() {
    return reusable && down.unseen() == null;
  }

  /** Forgets what a service has said beyond its answer: it is no answer to what comes next. */
  void forget() {
    down.free();
  }

  /** Answers in the service's place. */
  void own(byte[] answer) {
    begun = true;
    down.free();
    down.framing.none();
    down.repeat(answer);
    pump();
  }

  /** Passes on what there is, until one of the two ends must be waited for. */
  void pump() {
    if (answered) {
      exchange.readAfterAnswer();
      return;
    }
    for (int round = 0; round < Exchange.TURN; round++) {
      Upstream service = exchange.service();
      if (!drain(service)) {
        return;
      }
      if (begun && down.framing.isDone()) {
        answered = true;
        answeredAt = lane.second;
        watch.responseEnd(down.framing.trailers());
        down.rest();
        exchange.answerSent();
        return;
      }
      if (service == null) {
        return;
      }
      try {
        if (!scan() && !fill(service)) {
          return;
        }
      } catch (BadMessage e) {
        exchange.answerOurselves(502, e.reason());
        return;
      }
    }
    Upstream service = exchange.service();
    if (service != null) {
      service.end.readSoon();
    }
  }

  /** @return whether everything that may go to the client has gone */
  private boolean drain(@Nullable Upstream service) {
    try {
      heldBack = !down.drain(client);
      if (!heldBack) {
        client.stopWriting();
        return true;
      }
      client.askToWrite();
      if (service != null) {
        service.end.stopReading();
      }
    } catch (IOException e) {
      exchange.abort();
    }
    return false;
  }

  /** @return whether that got us on */
  private boolean fill(Upstream service) {
    try {
      int count = down.fill(service.end);
      if (count > 0) {
        return true;
      }
      if (count == 0) {
        down.rest();
        service.end.askToRead();
        return false;
      }
      if (begun && down.framing.endOfStream()) {
        return true;
      }
      exchange.serviceLeft("it closed the connection");
    } catch (IOException e) {
      exchange.serviceLeft(e.toString());
    }
    return false;
  }

  /** Looks at what has been read. @return whether that got us on */
  private boolean scan() throws BadMessage {
    ByteBuffer buffer = down.unseen();
    if (buffer == null) {
      return false;
    }
    if (begun) {
      down.clear(down.framing.scan(buffer, down.cleared(), buffer.limit(), watch.response));
      return true;
    }
    int start = buffer.position();
    int end = HeadParser.end(buffer, start, start + searched, false);
    if (end < 0) {
      searched = buffer.remaining();
      if (down.isFull() && !down.grow(Conversation.MAX_HEAD)) {
        throw new BadMessage("a head of more than " + Conversation.MAX_HEAD + " bytes");
      }
      return false;
    }
    searched = 0;
    Head head = lane.head;
    head.load(buffer, start, end);
    HeadParser.response(head);
    down.skip(end);
    exchange.serviceSpoke(head.status());
    if (Responses.isInterim(head.status())) {
      interim(head);
    } else {
      answer(head);
    }
    return true;
  }

  private void interim(Head head) throws BadMessage {
    if (!exchange.isOld()) {
      send(head, Hop.of(head), false, false);
      down.seal();
    }
  }

  private void answer(Head head) throws BadMessage {
    Hop hop = Hop.of(head);
    boolean switches = head.status() == 101;
    if (switches) {
      exchange.checkUpgrade();
    } else {
      Responses.frame(head, toHead, down.framing);
    }
    begun = true;
    watch.response(head);
    if (switches) {
      down.framing.untilClose();
    } else {
      reusable =
          !endsByClosing() && (head.isPersistentByDefault() ? !hop.close() : hop.keepAlive());
    }
    boolean persistent = !switches && exchange.staysOpen();
    send(head, hop, !persistent, exchange.isOld() && persistent);
    if (switches) {
      exchange.openTunnel();
    }
    ByteBuffer buffer = down.unseen();
    if (buffer != null) {
      down.clear(down.framing.scan(buffer, down.cleared(), buffer.limit(), watch.response));
    }
    down.seal();
  }

  private void send(Head head, Hop hop, boolean close, boolean keepAlive) {
    ByteBuffer out = lane.take(Onward.room(head));
    Onward.response(head, hop, close, keepAlive, out);
    down.begin(out);
  }
}
