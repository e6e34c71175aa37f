package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import dev.weir.proxy.http.Head.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoFuture;
import org.xnio.StreamConnection;

/**
 * One request and its answer, as they pass. Reused for exchange after exchange of a conversation.
 *
 * <pre>
 *   client ──▶ up   (head: edited by Onward │ body: as it came) ──▶ service
 *   client ◀── down (head: edited by Onward │ body: as it came) ◀── service
 * </pre>
 *
 * Both directions run at once, each held back by the slower of its two ends; neither waits for the
 * other, so that interim answers, early answers and answers that begin before the request has ended
 * pass as they would without a proxy.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  /** Reads or writes in a row before another conversation has its turn. */
  private static final int TURN = 16;

  private static final byte[] NOTHING = {};
  private static final int CONNECT_SECONDS = 10;
  private static final int BODY_SECONDS = 60;
  /** How long a client may go on sending what nobody takes any more. */
  private static final int REST_SECONDS = 30;

  private static final int ANSWER_SECONDS = 600;
  private static final int TUNNEL_SECONDS = 3600;

  private final Conversation conversation;
  private final Lane lane;
  private final End client;
  private final Flow up;
  private final Flow down;
  private final Watch watch;

  private @Nullable Upstream service;
  private @Nullable IoFuture<StreamConnection> connecting;
  private int activeAt;
  private int searched;
  private boolean clientEnded;

  // The request.
  private boolean persistent;
  private boolean oldClient;
  private boolean bodiless;
  private boolean upgrading;
  private boolean tunnel;
  private boolean expects;
  private boolean bodyBegun;
  /** The service takes no more of the request. */
  private boolean deaf;

  private boolean sent;
  /** The service has been told that nothing more will come. */
  private boolean ended;

  /** The head once more, where it may be sent again. */
  private byte @Nullable [] again;

  // The answer.
  private boolean answering;
  private boolean answered;
  private int answeredAt;
  /** A client that waited for 100 in vain may send its body now or never: nobody can tell. */
  private boolean unsure;

  private boolean reusable;

  Exchange(Conversation conversation) {
    this.conversation = conversation;
    this.lane = conversation.lane;
    this.client = conversation.client;
    this.up = conversation.up;
    this.down = conversation.down;
    this.watch = conversation.watch;
  }

  boolean clientHasEnded() {
    return clientEnded;
  }

  /** @param end where the head ends in what has been read */
  void begin(Head head, int end) throws BadMessage {
    Hop hop = Hop.of(head);
    activeAt = lane.second;
    oldClient = !head.isPersistentByDefault();
    persistent = oldClient ? hop.keepAlive() : !hop.close();
    bodiless = head.methodIs("HEAD");
    upgrading = hop.upgrades();
    expects = head.find(Kind.EXPECT) >= 0;
    tunnel = false;
    bodyBegun = false;
    deaf = false;
    sent = false;
    ended = false;
    answering = false;
    answered = false;
    unsure = false;
    reusable = false;
    searched = 0;
    watch.begin(lane.proxy.observer(), head, conversation.peer);
    ByteBuffer out = lane.take(Onward.room(head));
    Onward.request(
        head, hop, oldClient && persistent, lane.proxy.forwarded(), conversation.peer, out);
    again = up.framing.isDone() && Requests.isIdempotent(head) ? copy(out) : null;
    up.skip(end);
    up.begin(out);
    if (up.framing.isDone()) {
      watch.requestEnd(up.framing.trailers());
    } else {
      scanRequest();
    }
    up.seal();
    lane.connect(this, false);
  }

  private static byte[] copy(ByteBuffer written) {
    byte[] bytes = new byte[written.position()];
    written.get(0, bytes);
    return bytes;
  }

  void connecting(IoFuture<StreamConnection> future) {
    connecting = future;
    client.stopReading();
  }

  boolean isConnecting() {
    return connecting != null;
  }

  void connected(Upstream connection) {
    connecting = null;
    service = connection;
    activeAt = lane.second;
    connection.lendTo(this);
    conversation.guarded(this::pumpRequest);
  }

  /** What stands where a service would, if there is none. */
  End answeringEnd() {
    boolean waits = expects && !bodyBegun && !oldClient;
    return new AnsweringEnd(lane, waits ? AnsweringEnd.CONTINUE : NOTHING, watch.answer());
  }

  void unreachable(IoFuture<StreamConnection> attempt, IOException reason) {
    if (connecting == attempt) {
      connecting = null;
      conversation.guarded(() -> answerOurselves(502, reason.toString()));
    }
  }

  // ---- events

  void clientReadable() {
    activeAt = lane.second;
    if (sent) {
      readAhead();
    } else {
      pumpRequest();
    }
  }

  void clientWritable() {
    activeAt = lane.second;
    pumpResponse();
  }

  void serviceReadable() {
    activeAt = lane.second;
    conversation.guarded(this::pumpResponse);
  }

  void serviceWritable() {
    activeAt = lane.second;
    conversation.guarded(this::pumpRequest);
  }

  void tick() {
    int silent = lane.second - activeAt;
    IoFuture<StreamConnection> attempt = connecting;
    if (attempt != null && silent > CONNECT_SECONDS) {
      connecting = null;
      attempt.cancel();
      answerOurselves(504, "no connection within " + CONNECT_SECONDS + " s");
    } else if (answered && deaf && lane.second - answeredAt > REST_SECONDS) {
      conversation.close();
    } else if (tunnel ? silent > TUNNEL_SECONDS : !sent && silent > BODY_SECONDS) {
      conversation.abort();
    } else if (!tunnel && silent > ANSWER_SECONDS) {
      answerOurselves(504, "silent for " + ANSWER_SECONDS + " s");
    }
  }

  // ---- the request

  private void pumpRequest() {
    try {
      for (int round = 0; round < TURN; round++) {
        if (!drainRequest()) {
          client.stopReading();
          return;
        }
        if (up.framing.isDone()) {
          requestSent();
          return;
        }
        if (up.unseen() == null) {
          int count = up.fill(client);
          if (count == 0) {
            up.rest();
            client.askToRead();
            return;
          }
          if (count < 0) {
            clientEndedEarly();
            return;
          }
        }
        scanRequest();
      }
      client.readSoon();
    } catch (BadMessage e) {
      LOG.debug("refused the rest of a request: {}", e.reason());
      lane.proxy.countRefused();
      conversation.abort();
    } catch (IOException e) {
      conversation.abort();
    }
  }

  private void scanRequest() throws BadMessage {
    ByteBuffer buffer = up.unseen();
    if (buffer != null) {
      bodyBegun = true;
      up.clear(up.framing.scan(buffer, up.cleared(), buffer.limit(), watch.request));
      if (up.framing.isDone()) {
        watch.requestEnd(up.framing.trailers());
      }
    }
  }

  /** @return whether everything that may go to the service has gone */
  private boolean drainRequest() {
    if (!deaf) {
      Upstream connection = service;
      if (connection == null) {
        return false;
      }
      try {
        if (up.drain(connection.end)) {
          connection.end.stopWriting();
          return true;
        }
        connection.end.askToWrite();
        return false;
      } catch (IOException e) {
        // it may have answered before it closed: what it said is still to be read
        deaf = true;
      }
    }
    up.dropCleared();
    return true;
  }

  private void clientEndedEarly() {
    if (tunnel) {
      clientEnded = true;
      up.framing.endOfStream();
      requestSent();
    } else {
      conversation.abort();
    }
  }

  private void requestSent() {
    sent = true;
    up.rest();
    if (answered) {
      end();
    } else if (clientEnded) {
      passEnd();
    } else {
      client.askToRead();
    }
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
      conversation.abort();
    }
  }

  /** Lets the service know that the client has closed its side and waits for this answer alone. */
  private void passEnd() {
    Upstream connection = service;
    client.stopReading();
    if (up.unseen() == null && connection != null) {
      ended = true;
      again = null;
      connection.end.finish();
    }
  }

  // ---- the answer

  private void pumpResponse() {
    if (answered) {
      readAfterAnswer();
      return;
    }
    for (int round = 0; round < TURN; round++) {
      Upstream connection = service;
      if (!drainResponse(connection)) {
        return;
      }
      if (answering && down.framing.isDone()) {
        responseSent();
        return;
      }
      if (connection == null) {
        return;
      }
      try {
        if (!scanResponse() && !fillResponse(connection)) {
          return;
        }
      } catch (BadMessage e) {
        answerOurselves(502, e.reason());
        return;
      }
    }
    Upstream connection = service;
    if (connection != null) {
      connection.end.readSoon();
    }
  }

  /** @return whether everything that may go to the client has gone */
  private boolean drainResponse(@Nullable Upstream connection) {
    try {
      if (down.drain(client)) {
        client.stopWriting();
        return true;
      }
      client.askToWrite();
      if (connection != null) {
        connection.end.stopReading();
      }
    } catch (IOException e) {
      conversation.abort();
    }
    return false;
  }

  /** @return whether something was read */
  private boolean fillResponse(Upstream connection) {
    try {
      int count = down.fill(connection.end);
      if (count > 0) {
        return true;
      }
      if (count == 0) {
        down.rest();
        connection.end.askToRead();
        return false;
      }
      if (answering && down.framing.endOfStream()) {
        return true;
      }
      serviceLeft("it closed the connection");
    } catch (IOException e) {
      serviceLeft(e.toString());
    }
    return false;
  }

  private void serviceLeft(String reason) {
    Upstream connection = service;
    byte[] head = again;
    if (!answering
        && down.unseen() == null
        && head != null
        && connection != null
        && !connection.isFresh()) {
      // it closed an idle connection just as we took it
      again = null;
      connection.close();
      service = null;
      up.repeat(head);
      sent = false;
      lane.connect(this, true);
    } else {
      answerOurselves(502, reason);
    }
  }

  /** Looks at what has been read. @return whether that got us on */
  private boolean scanResponse() throws BadMessage {
    ByteBuffer buffer = down.unseen();
    if (buffer == null) {
      return false;
    }
    if (answering) {
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
    again = null;
    if (Responses.isInterim(head.status())) {
      interim(head);
    } else {
      answer(head);
    }
    return true;
  }

  private void interim(Head head) {
    if (head.status() == 100) {
      expects = false;
    }
    if (!oldClient) {
      ByteBuffer out = lane.take(Onward.room(head));
      Onward.response(head, Hop.of(head), false, false, out);
      down.begin(out);
      down.seal();
    }
  }

  private void answer(Head head) throws BadMessage {
    Hop hop = Hop.of(head);
    boolean switches = head.status() == 101;
    if (switches && !(upgrading && sent)) {
      throw new BadMessage("it switches protocols unasked");
    }
    if (!switches) {
      Responses.frame(head, bodiless, down.framing);
    }
    answering = true;
    watch.response(head);
    if (switches) {
      openTunnel();
    } else {
      reusable = head.isPersistentByDefault() ? !hop.close() : hop.keepAlive();
      reusable &= !down.framing.isUntilClose();
      unsure = expects && !bodyBegun && !sent;
      persistent &= !unsure && !down.framing.isUntilClose() && !lane.draining;
    }
    ByteBuffer out = lane.take(Onward.room(head));
    Onward.response(head, hop, !persistent, oldClient && persistent, out);
    down.begin(out);
    ByteBuffer buffer = down.unseen();
    if (buffer != null) {
      down.clear(down.framing.scan(buffer, down.cleared(), buffer.limit(), watch.response));
    }
    down.seal();
    if (tunnel) {
      pumpRequest();
    }
  }

  /** RFC 9110, section 7.8: from here on the connection speaks another protocol. */
  private void openTunnel() {
    watch.responseEnd(Headers.NONE);
    watch.end();
    tunnel = true;
    persistent = false;
    sent = false;
    up.framing.untilClose();
    down.framing.untilClose();
  }

  private void responseSent() {
    answered = true;
    answeredAt = lane.second;
    watch.responseEnd(down.framing.trailers());
    if (sent || unsure) {
      end();
      return;
    }
    // the client still sends: to a service that still takes it, or to nobody
    if (!persistent) {
      client.finish();
    }
    pumpRequest();
  }

  /** The service has answered and something is to be read: its end, or what nobody asked for. */
  private void readAfterAnswer() {
    Upstream connection = service;
    if (tunnel || connection == null) {
      return;
    }
    if (connection.isStale()) {
      connection.close();
      service = null;
      deaf = true;
      pumpRequest();
    }
  }

  /** Answers in the service's place, or breaks off what it has begun to say. */
  private void answerOurselves(int status, String reason) {
    LOG.debug("{} to {}: {}", status, conversation.peer.client(), reason);
    lane.proxy.countFailed();
    Upstream connection = service;
    service = null;
    if (connection != null) {
      connection.close();
    }
    if (answering) {
      watch.end();
      if (down.framing.isUntilClose()) {
        conversation.abort();
      } else {
        conversation.close();
      }
      return;
    }
    answering = true;
    persistent &= up.framing.isDone();
    deaf = true;
    down.free();
    down.framing.none();
    down.repeat(Responses.own(status, !persistent));
    pumpResponse();
  }

  private void end() {
    Upstream connection = service;
    service = null;
    watch.end();
    if (connection != null) {
      if (reusable && sent && !deaf && !ended && down.unseen() == null) {
        lane.release(connection);
      } else {
        connection.close();
      }
    }
    down.rest();
    conversation.exchangeEnded(persistent && sent);
  }

  /** Lets go of everything: the conversation is over. */
  void release() {
    watch.end();
    IoFuture<StreamConnection> attempt = connecting;
    connecting = null;
    if (attempt != null) {
      attempt.cancel();
    }
    Upstream connection = service;
    service = null;
    if (connection != null) {
      connection.close();
    }
  }
}
