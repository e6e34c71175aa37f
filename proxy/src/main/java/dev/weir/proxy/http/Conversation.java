package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from head to head; what lies between is an {@link Exchange}. Only its
 * lane's thread comes here.
 */
final class Conversation {
  static final int MAX_HEAD = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
  private static final int HEAD_SECONDS = 30;
  private static final int KEEP_ALIVE_SECONDS = 75;
  private static final int LINGER_SECONDS = 2;
  private static final int MAX_BLANK = 32;

  private enum Phase {
    /** Between requests, or in the head of one. */
    HEAD,
    EXCHANGE,
    /** Answered for the last time; lets the client read that before the connection goes. */
    LINGER,
    CLOSED
  }

  final Lane lane;
  final Peer peer;
  final End client;
  private final Flow up;
  private final Flow down;
  private final Exchange exchange;
  private Phase phase = Phase.HEAD;
  private boolean first = true;
  // How much of a head has been searched for its end, and the second in which waiting began.
  private int searched;
  private int since;
  // Empty lines before a head, in bytes; and what half a head takes while the rest is awaited.
  private int blank;
  private int halfHead;

  Conversation(Lane lane, End client, Peer peer) {
    this.lane = lane;
    this.client = client;
    this.peer = peer;
    this.up = new Flow(lane);
    this.down = new Flow(lane);
    this.exchange = new Exchange(this, up, down);
  }

  /** What somebody else has read of this connection. Before the start. */
  void prepend(ByteBuffer arrived) {
    up.prepend(arrived);
  }

  void start() {
    lane.conversations.add(this);
    since = lane.second;
    client.listen(() -> guarded(this::readable), () -> guarded(this::writable));
    guarded(this::readable);
  }

  /** Nothing that goes wrong in one conversation may reach another. */
  void guarded(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | VirtualMachineError e) {
      // no memory for buffers, say: what this one has is given back
      LOG.error("a conversation failed and is broken off", e);
      abort();
    }
  }

  private void readable() {
    switch (phase) {
      case HEAD -> readHead();
      case EXCHANGE -> exchange.clientReadable();
      case LINGER -> discard();
      case CLOSED -> client.stopReading();
    }
  }

  private void writable() {
    if (phase == Phase.EXCHANGE) {
      exchange.clientWritable();
    } else {
      client.stopWriting();
    }
  }

  private void readHead() {
    try {
      while (!takeHead()) {
        int count = up.fill(client);
        if (count == 0) {
          book(up.park());
          client.askToRead();
          return;
        }
        if (count < 0) {
          close();
          return;
        }
        if (searched == 0) {
          since = lane.second;
        }
      }
    } catch (BadMessage e) {
      refuse(e);
    } catch (IOException e) {
      abort();
    }
  }

  /** @param bytes what half a head takes */
  private void book(int bytes) {
    if (bytes != halfHead) {
      int more = bytes - halfHead;
      halfHead = bytes;
      lane.halfHead(more);
    }
  }

  int halfHead() {
    return halfHead;
  }

  int since() {
    return since;
  }

  void tooSlow() {
    refuse(new BadMessage(408, "a head that does not come to its end"));
  }

  /** Begins an exchange if a whole head is here. */
  private boolean takeHead() throws BadMessage {
    ByteBuffer buffer = up.unseen();
    if (buffer == null) {
      return false;
    }
    if (searched < 2) {
      skipEmptyLines(buffer);
    }
    int start = buffer.position();
    int end = HeadParser.end(buffer, start, start + searched, true);
    if (end < 0) {
      searched = buffer.remaining();
      if (up.isFull() && !up.grow(MAX_HEAD)) {
        throw new BadMessage(431, "a head of more than " + MAX_HEAD + " bytes");
      }
      return false;
    }
    searched = 0;
    blank = 0;
    book(0);
    Head head = lane.head;
    head.load(buffer, start, end);
    boolean opening = first;
    first = false;
    if (opening && Requests.isHttp2Preface(head) && client instanceof SocketEnd socket) {
      handOver(socket, buffer);
      return true;
    }
    HeadParser.request(head);
    Requests.frame(head, up.framing);
    phase = Phase.EXCHANGE;
    exchange.begin(head, end);
    return true;
  }

  /** RFC 9112, section 2.2: some old clients send one after a body. */
  private void skipEmptyLines(ByteBuffer buffer) throws BadMessage {
    int from = buffer.position();
    int start = from;
    while (start + 1 < buffer.limit()
        && buffer.get(start) == '\r'
        && buffer.get(start + 1) == '\n') {
      start += 2;
    }
    if (start > from) {
      blank += start - from;
      if (blank > MAX_BLANK) {
        throw new BadMessage("nothing but empty lines");
      }
      searched = 0;
      up.skip(start);
    }
  }

  /** HTTP/2 with prior knowledge (RFC 9113, section 3.3): the connection is no longer ours. */
  private void handOver(SocketEnd socket, ByteBuffer arrived) {
    phase = Phase.CLOSED;
    lane.closed(this);
    lane.proxy.toHttp2(lane, socket.release(), arrived, peer);
    up.free();
  }

  /** Answers what is no request of HTTP/1, for the last time on this connection. */
  private void refuse(BadMessage e) {
    LOG.debug("refused a request of {}: {}", peer.client(), e.reason());
    lane.proxy.count(e.refusal());
    book(0);
    exchange.release();
    try {
      client.write(ByteBuffer.wrap(Responses.own(e.status(), true)));
      linger();
    } catch (IOException gone) {
      abort();
    }
  }

  /** The exchange is over and everything of it has been written. */
  void exchangeEnded(boolean persistent) {
    if (!persistent || lane.draining) {
      linger();
      return;
    }
    phase = Phase.HEAD;
    since = lane.second;
    if (up.unseen() != null || exchange.hasClientEnded()) {
      client.readSoon();
    } else {
      client.askToRead();
    }
  }

  /** Closes our side first: a connection closed with unread bytes takes the answer with it. */
  void linger() {
    up.free();
    down.free();
    phase = Phase.LINGER;
    since = lane.second;
    client.finish();
    client.askToRead();
    discard();
  }

  private void discard() {
    ByteBuffer waste = lane.take();
    try {
      int count = client.read(waste);
      if (count < 0) {
        close();
      }
    } catch (IOException e) {
      close();
    } finally {
      lane.give(waste);
    }
  }

  void close() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    lane.closed(this);
    book(0);
    exchange.release();
    up.free();
    down.free();
    client.close();
  }

  /** Breaks the connection so that the client cannot take what it has for the whole. */
  void abort() {
    if (phase != Phase.CLOSED) {
      client.reset();
      close();
    }
  }

  /** A second has passed. */
  void tick() {
    guarded(this::checkClock);
  }

  private void checkClock() {
    int waited = lane.second - since;
    switch (phase) {
      case HEAD -> {
        if (up.unseen() != null && waited > HEAD_SECONDS) {
          tooSlow();
        } else if (waited > KEEP_ALIVE_SECONDS) {
          close();
        }
      }
      case EXCHANGE -> exchange.tick();
      case LINGER -> {
        if (waited > LINGER_SECONDS) {
          close();
        }
      }
      case CLOSED -> {}
    }
  }

  /** Closes the connection if nothing is under way on it. */
  void drain() {
    if (phase == Phase.HEAD && up.unseen() == null) {
      close();
    }
  }
}
