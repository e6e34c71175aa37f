package dev.weir.proxy.http;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * Stands where a service would: takes every byte of a request, as its observation has seen it
 * already, yields the answer once that is known, and closes after it as the answer says.
 */
final class AnsweringEnd implements End {
  static final byte[] CONTINUE = Onward.ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] NOTHING = {};

  private final Lane lane;
  private ByteBuffer ready;
  private Runnable readable = () -> {};
  private boolean answered;
  private boolean closed;

  /** @param first what to say before the answer is known */
  AnsweringEnd(Lane lane, byte[] first, CompletionStage<byte[]> answer) {
    this.lane = lane;
    this.ready = ByteBuffer.wrap(first);
    answer.whenComplete((bytes, failure) ->
        lane.thread.execute(() -> arrived(failure == null ? bytes : Responses.own(500, true))));
  }

  private void arrived(byte[] answer) {
    ready = ByteBuffer.allocate(ready.remaining() + answer.length)
        .put(ready)
        .put(answer)
        .flip();
    answered = true;
    wake();
  }

  private void wake() {
    if (!closed) {
      readable.run();
    }
  }

  @Override
  public void listen(Runnable whenReadable, Runnable whenWritable) {
    readable = whenReadable;
  }

  @Override
  public int read(ByteBuffer into) {
    if (answered && !ready.hasRemaining()) {
      return -1;
    }
    int count = Math.min(into.remaining(), ready.remaining());
    into.put(ready.slice(ready.position(), count));
    ready.position(ready.position() + count);
    return count;
  }

  @Override
  public void askToRead() {
    if (answered || ready.hasRemaining()) {
      readSoon();
    }
  }

  @Override
  public void readSoon() {
    lane.thread.execute(this::wake);
  }

  @Override
  public void stopReading() {
    // nothing comes unasked but the answer, which waits
  }

  @Override
  public int write(ByteBuffer from) {
    int count = from.remaining();
    from.position(from.limit());
    return count;
  }

  @Override
  public boolean flush() {
    return true;
  }

  @Override
  public void askToWrite() {
    // there is always room
  }

  @Override
  public void stopWriting() {
    // nobody was asked
  }

  @Override
  public void finish() {
    // the request has been seen to its end
  }

  @Override
  public void close() {
    closed = true;
    ready = ByteBuffer.wrap(NOTHING);
  }

  @Override
  public void reset() {
    close();
  }
}
