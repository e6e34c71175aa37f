package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import dev.weir.http.Refusal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoFuture;
import org.xnio.StreamConnection;

/**
 * One request and its answer, as they pass. Reused for exchange after exchange of a conversation.
 *
 * <pre>
 *   client ──▶ upload    (head: edited by Onward │ body: as it came) ──▶ service
 *   client ◀── download  (head: edited by Onward │ body: as it came) ◀── service
 * </pre>
 *
 * Both directions run at once, each held back by the slower of its two ends; neither waits for the
 * other, so that interim answers, early answers and answers that begin before the request has ended
 * pass as they would without a proxy.
 */
final class Exchange {
  /** Reads or writes in a row before another conversation has its turn. */
  static final int TURN = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final int CONNECT_SECONDS = 10;
  /** A service that closes an idle connection has heard nothing of a request that is this young. */
  private static final int REPEAT_SECONDS = 1;
  /** A body may come as slowly as it likes for so long in all. */
  private static final int SLOW_SECONDS = 30;
  /** How long a client may go on sending what nobody takes any more. */
  private static final int REST_SECONDS = 30;

  private static final byte[] NOTHING = {};

  final Lane lane;
  final End client;
  final Watch watch;
  private final Conversation conversation;
  private final Upload upload;
  private final Download download;
  private final Runnable pumpUpload;
  private final Runnable pumpDownload;

  private @Nullable Upstream service;
  private @Nullable IoFuture<StreamConnection> connecting;
  private int dialledAt;
  private int lentAt;
  private int activeAt;

  private boolean persistent;
  /** Speaks HTTP/1.0. */
  private boolean old;

  private boolean upgrades;
  private boolean tunnel;
  /** A client that waited for 100 in vain may send its body now or never: nobody can tell. */
  private boolean unsure;

  Exchange(Conversation conversation, Flow up, Flow down) {
    this.conversation = conversation;
    this.lane = conversation.lane;
    this.client = conversation.client;
    this.watch = new Watch(lane.proxy);
    this.upload = new Upload(this, up);
    this.download = new Download(this, down);
    this.pumpUpload = upload::pump;
    this.pumpDownload = download::pump;
  }

  /** @param end where the head ends in what has been read */
  void begin(Head head, int end) throws BadMessage {
    Hop hop = Hop.of(head);
    activeAt = lane.second;
    old = !head.isPersistentByDefault();
    persistent = old ? hop.keepAlive() : !hop.close();
    upgrades = hop.upgrades();
    tunnel = false;
    unsure = false;
    watch.begin(head, peer());
    download.begin(head);
    upload.begin(head, hop, end);
    lane.connect(this, false);
  }

  Peer peer() {
    return conversation.peer;
  }

  boolean isOld() {
    return old;
  }

  boolean isPersistent() {
    return persistent;
  }

  boolean hasClientEnded() {
    return upload.hasClientEnded();
  }

  // ---- the connection to the service

  @Nullable
  Upstream service() {
    return service;
  }

  void connecting(IoFuture<StreamConnection> attempt) {
    connecting = attempt;
    dialledAt = lane.second;
    client.stopReading();
  }

  boolean isConnecting() {
    return connecting != null;
  }

  void connected(Upstream connection) {
    connecting = null;
    service = connection;
    lentAt = lane.second;
    activeAt = lane.second;
    connection.lendTo(this);
    conversation.guarded(pumpUpload);
  }

  /** What stands where a service would, if there is none. */
  End answeringEnd() {
    byte[] first = upload.waitsFor100() ? AnsweringEnd.CONTINUE : NOTHING;
    return new AnsweringEnd(lane, first, watch.answer());
  }

  void unreachable(IoFuture<StreamConnection> attempt, IOException reason) {
    if (connecting == attempt) {
      connecting = null;
      conversation.guarded(() -> answerOurselves(502, reason.toString()));
    }
  }

  /** It has closed its connection before the end of its answer. */
  void serviceLeft(String reason) {
    Upstream connection = service;
    if (connection != null
        && !connection.isFresh()
        && lane.second - lentAt <= REPEAT_SECONDS
        && download.isUntouched()
        && upload.isRepeatable()) {
      // it closed an idle connection just as we took it
      connection.close();
      service = null;
      upload.repeat();
      lane.connect(this, true);
    } else {
      answerOurselves(502, reason);
    }
  }

  void serviceSpoke(int status) {
    upload.settle();
    if (status == 100) {
      upload.sawContinue();
    }
  }

  /** The service has answered and something is to be read: its end, or what nobody asked for. */
  void readAfterAnswer() {
    Upstream connection = service;
    if (!tunnel && connection != null && connection.isStale()) {
      dropService();
      upload.goDeaf();
      upload.pump();
    }
  }

  private void dropService() {
    IoFuture<StreamConnection> attempt = connecting;
    Upstream connection = service;
    connecting = null;
    service = null;
    if (attempt != null) {
      attempt.cancel();
    }
    if (connection != null) {
      connection.close();
    }
  }

  /** Whether a new connection has not taken a byte yet: with TLS, none before its handshake. */
  private boolean isDialling() {
    Upstream connection = service;
    return connection == null ? isConnecting() : connection.isFresh() && upload.isUntouched();
  }

  // ---- events

  void clientReadable() {
    activeAt = lane.second;
    upload.readable();
  }

  void clientWritable() {
    activeAt = lane.second;
    download.pump();
  }

  void serviceReadable() {
    activeAt = lane.second;
    conversation.guarded(pumpDownload);
  }

  void serviceWritable() {
    activeAt = lane.second;
    conversation.guarded(pumpUpload);
  }

  void tick() {
    int silent = lane.second - activeAt;
    if (isDialling() && lane.second - dialledAt > CONNECT_SECONDS) {
      answerOurselves(504, "no connection within " + CONNECT_SECONDS + " s");
    } else if (download.isAnswered() && upload.isDeaf() && download.secondsSince() > REST_SECONDS) {
      conversation.close();
    } else if (!tunnel && !download.hasBegun() && upload.lags(SLOW_SECONDS)) {
      // an answer that has begun makes it a talk both ways, which may well have pauses
      LOG.debug("408 to {}: a body that comes too slowly", peer().client());
      lane.proxy.count(Refusal.TOO_SLOW);
      answerInstead(408);
    } else if (!tunnel
        && !upload.isSent()
        && silent > lane.proxy.silence().upload().toSeconds()) {
      conversation.abort();
    } else if (tunnel && silent > lane.proxy.silence().tunnel().toSeconds()) {
      conversation.abort();
    } else if (!tunnel && silent > lane.proxy.silence().answer().toSeconds()) {
      standsStill(silent);
    }
  }

  /** It waits for a client that does not read, or for the service. */
  private void standsStill(int silent) {
    if (download.isHeldBack()) {
      conversation.abort();
    } else {
      answerOurselves(504, "silent for " + silent + " s");
    }
  }

  // ---- how it goes on

  /** Whether the client's connection outlives this answer, whose head has been read. */
  boolean staysOpen() {
    unsure = upload.waitsFor100();
    persistent &= !unsure && !download.endsByClosing() && !lane.draining;
    return persistent;
  }

  void checkUpgrade() throws BadMessage {
    if (!upgrades || !upload.isSent()) {
      throw new BadMessage("it switches protocols unasked");
    }
  }

  /** RFC 9110, section 7.8: from here on the connection speaks another protocol. */
  void openTunnel() {
    watch.responseEnd(Headers.NONE);
    watch.end();
    tunnel = true;
    persistent = false;
    upload.beginTunnel();
    upload.pump();
  }

  /** Answers in the service's place, or breaks off what it has begun to say. */
  void answerOurselves(int status, String reason) {
    LOG.debug("{} to {}: {}", status, peer().client(), reason);
    lane.proxy.countFailed();
    answerInstead(status);
  }

  private void answerInstead(int status) {
    dropService();
    if (!download.hasBegun()) {
      persistent &= upload.isWhole();
      upload.goDeaf();
      download.own(Responses.own(status, !persistent));
    } else if (download.endsByClosing()) {
      conversation.abort();
    } else {
      conversation.close();
    }
  }

  void requestSent() {
    if (download.isAnswered()) {
      end();
    } else if (upload.hasClientEnded()) {
      upload.passEnd();
    } else {
      client.askToRead();
    }
  }

  void answerSent() {
    if (upload.isSent() || unsure) {
      end();
      return;
    }
    // the client still sends: to a service that still takes it, or to nobody
    if (!persistent) {
      client.finish();
    }
    Upstream connection = service;
    if (connection != null) {
      connection.end.askToRead();
    }
    upload.pump();
  }

  private void end() {
    Upstream connection = service;
    watch.end();
    if (connection != null && upload.leavesServiceReusable() && download.leavesServiceReusable()) {
      service = null;
      lane.release(connection);
    } else {
      dropService();
      download.forget();
    }
    conversation.exchangeEnded(persistent && upload.isSent());
  }

  void abort() {
    conversation.abort();
  }

  /** Lets go of everything: the conversation is over. */
  void release() {
    watch.end();
    dropService();
  }
}
