package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a conversation: what has been read and not yet written. Holds a buffer only
 * while there is something in it.
 *
 * <pre>
 *   read ──▶ [ cleared | not yet looked at |  room  ] ──▶ written, after what stands in first
 *            ^ position ^ cleared          ^ limit
 * </pre>
 */
final class Flow {
  final Framing framing = new Framing();
  private final Lane lane;
  /** An edited head, with as much of the body as came with it. */
  private @Nullable ByteBuffer first;

  private @Nullable ByteBuffer in;
  private int cleared;
  private boolean flushed = true;

  Flow(Lane lane) {
    this.lane = lane;
  }

  /** The bytes that nobody has looked at: from {@link #cleared} to their limit. Null: none. */
  @Nullable
  ByteBuffer unseen() {
    ByteBuffer buffer = in;
    return buffer != null && buffer.limit() > cleared ? buffer : null;
  }

  int cleared() {
    return cleared;
  }

  /** Begins with bytes that somebody else has read: one buffer at most. */
  void prepend(ByteBuffer arrived) {
    ByteBuffer buffer = lane.take(arrived.remaining());
    in = buffer.put(arrived).flip();
    cleared = 0;
  }

  /** Lets the bytes before that index go on. */
  void clear(int to) {
    cleared = to;
  }

  /** Drops the bytes before that index. */
  void skip(int to) {
    if (in != null) {
      in.position(to);
    }
    cleared = to;
  }

  boolean isFull() {
    ByteBuffer buffer = in;
    return buffer != null
        && buffer.limit() - buffer.position() == buffer.capacity()
        && buffer.capacity() >= Lane.BUFFER;
  }

  /**
   * Reads once.
   *
   * @return what {@code read} answers; 0 also where there is no room
   */
  int fill(End source) throws IOException {
    ByteBuffer buffer = in;
    if (buffer == null) {
      buffer = lane.take();
      buffer.limit(0);
      in = buffer;
      cleared = 0;
    } else if (buffer.capacity() < Lane.BUFFER) {
      buffer = move(buffer, lane.take());
    } else if (!buffer.hasRemaining()) {
      buffer.position(0).limit(0);
      cleared = 0;
    } else if (buffer.limit() == buffer.capacity()) {
      cleared -= buffer.position();
      buffer.compact().flip();
    }
    int start = buffer.position();
    int end = buffer.limit();
    buffer.limit(buffer.capacity()).position(end);
    int count = 0;
    try {
      count = source.read(buffer);
    } finally {
      buffer.limit(end + Math.max(count, 0)).position(start);
    }
    return count;
  }

  /** Doubles the room, up to {@code most}; false where that is too little. */
  boolean grow(int most) {
    ByteBuffer small = in;
    if (small == null || small.capacity() >= most) {
      return false;
    }
    move(small, ByteBuffer.allocate(Math.min(most, 2 * small.capacity())));
    return true;
  }

  private ByteBuffer move(ByteBuffer from, ByteBuffer to) {
    cleared -= from.position();
    to.put(from).flip();
    lane.give(from);
    in = to;
    return to;
  }

  /**
   * Takes no more room than its bytes need, until the next {@link #fill}: more of them may be long
   * in coming.
   *
   * @return how many there are
   */
  int park() {
    ByteBuffer buffer = in;
    if (buffer == null) {
      return 0;
    }
    int count = buffer.remaining();
    if (count == 0) {
      rest();
    } else if (count < buffer.capacity()) {
      move(buffer, ByteBuffer.allocate(count));
    }
    return count;
  }

  /** Begins a message with an edited head; {@code head} is in writing mode. */
  void begin(ByteBuffer head) {
    first = head;
    flushed = false;
  }

  /**
   * Ends that head. Cleared bytes move in behind it as far as there is room, so that one write
   * takes both.
   */
  void seal() {
    ByteBuffer head = first;
    ByteBuffer body = in;
    if (head == null) {
      return;
    }
    if (body != null) {
      int count = Math.min(head.remaining(), cleared - body.position());
      int end = body.limit();
      head.put(body.limit(body.position() + count));
      body.limit(end);
    }
    head.flip();
  }

  /** Puts these bytes first, as they are. */
  void repeat(byte[] head) {
    first = ByteBuffer.wrap(head);
    flushed = false;
  }

  /** Whether nothing of the head that stands first has gone. */
  boolean isUntouched() {
    ByteBuffer head = first;
    return head != null && head.position() == 0;
  }

  /** Writes what may go. @return whether all of it has gone */
  boolean drain(End sink) throws IOException {
    ByteBuffer head = first;
    if (head != null) {
      while (head.hasRemaining()) {
        if (sink.write(head) == 0) {
          return false;
        }
      }
      first = null;
      lane.give(head);
    }
    ByteBuffer body = in;
    if (body != null && body.position() < cleared) {
      int end = body.limit();
      body.limit(cleared);
      try {
        flushed = false;
        while (body.hasRemaining()) {
          if (sink.write(body) == 0) {
            return false;
          }
        }
      } finally {
        body.limit(end);
      }
    }
    if (!flushed) {
      flushed = sink.flush();
    }
    return flushed;
  }

  /** Forgets what may go: nobody takes it. */
  void dropCleared() {
    if (first != null) {
      lane.give(first);
      first = null;
    }
    if (in != null) {
      in.position(cleared);
    }
    flushed = true;
  }

  /** Gives the buffer back if nothing is in it. */
  void rest() {
    ByteBuffer buffer = in;
    if (buffer != null && !buffer.hasRemaining()) {
      in = null;
      lane.give(buffer);
    }
  }

  /** Forgets everything that has not been written. */
  void free() {
    if (first != null) {
      lane.give(first);
      first = null;
    }
    if (in != null) {
      lane.give(in);
      in = null;
    }
    flushed = true;
  }
}
