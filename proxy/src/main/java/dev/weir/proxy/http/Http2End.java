package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2HeadersStreamSinkChannel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of an HTTP/2 connection, translated to and from HTTP/1: reading it yields one request,
 * chunked where its length is not known; what is written to it must be the answer, its head in one
 * piece.
 */
final class Http2End implements End {
  private static final Logger LOG = LoggerFactory.getLogger(Http2End.class);
  /**
   * Before a chunk: its size in four hexadecimal digits and a line break; after it a line break.
   */
  private static final int SIZE_LINE = 6;

  private static final int LINE_BREAK = 2;
  private static final int MAX_CHUNK = 0xffff;

  private enum Input {
    LENGTH,
    CHUNKED,
    /** Nothing may follow but the end of the stream, and trailers that HTTP/1 has no place for. */
    END,
    DONE
  }

  private final Lane lane;
  private final Http2Channel channel;
  private final Http2StreamSourceChannel source;
  private final Http2HeadersStreamSinkChannel sink;
  private Runnable readable = () -> {};

  // The request.
  private Input input;
  /** Bytes of our own making that come before the body, or after it. */
  private ByteBuffer ready;

  private long left;
  private @Nullable HeaderMap trailers;

  // The answer.
  private final Framing framing = new Framing();
  private final boolean toHead;
  private boolean answering;
  private @Nullable ByteBuffer data;
  private boolean shut;
  /** Both sides have said everything. */
  private boolean finished;

  private boolean closed;

  Http2End(Lane lane, Http2Channel channel, Http2StreamSourceChannel source) throws BadMessage {
    this.lane = lane;
    this.channel = channel;
    this.source = source;
    this.sink = source.getResponseChannel();
    HeaderMap headers = source.getHeaders();
    this.toHead = "HEAD".equals(headers.getFirst(Http2Channel.METHOD));
    String length = headers.getFirst("content-length");
    if (!source.isOpen()) {
      if (length != null && Http2Head.length(length) != 0) {
        throw new BadMessage("a length and no body");
      }
      this.input = Input.DONE;
    } else if (length == null) {
      this.input = Input.CHUNKED;
    } else {
      this.left = Http2Head.length(length);
      this.input = left == 0 ? Input.END : Input.LENGTH;
    }
    this.ready = ByteBuffer.wrap(Http2Head.toHttp1(headers, input == Input.CHUNKED));
    source.setTrailersHandler(map -> trailers = map);
    sink.setTrailersProducer(this::answerTrailers);
  }

  @Override
  public void listen(Runnable whenReadable, Runnable whenWritable) {
    readable = whenReadable;
    source.getReadSetter().set(c -> whenReadable.run());
    // a stream that the client resets wakes its writer: the reader finds out why
    sink.getWriteSetter().set(c -> (sink.isOpen() ? whenWritable : whenReadable).run());
  }

  // ---- the request

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (finished) {
      return -1;
    }
    if (!sink.isOpen()) {
      throw new ClosedChannelException();
    }
    if (!ready.hasRemaining()) {
      int count = switch (input) {
        case LENGTH -> readPlain(into);
        case CHUNKED -> readChunk(into);
        case END -> readEnd();
        case DONE -> 0;
      };
      if (count != 0 || !ready.hasRemaining()) {
        return count;
      }
    }
    int count = Math.min(into.remaining(), ready.remaining());
    into.put(ready.slice(ready.position(), count));
    ready.position(ready.position() + count);
    return count;
  }

  private int readPlain(ByteBuffer into) throws IOException {
    int limit = into.limit();
    into.limit((int) Math.min(limit, into.position() + left));
    int count = source.read(into);
    into.limit(limit);
    if (count < 0) {
      throw new IOException("a body shorter than its content-length");
    }
    left -= count;
    input = left == 0 ? Input.END : Input.LENGTH;
    return count;
  }

  private int readEnd() throws IOException {
    int count = source.read(ByteBuffer.allocate(1));
    if (count > 0) {
      throw new IOException("a body longer than its content-length");
    }
    if (count < 0) {
      done();
    }
    return 0;
  }

  private void done() {
    input = Input.DONE;
    source.suspendReads();
  }

  private int readChunk(ByteBuffer into) throws IOException {
    int start = into.position();
    int limit = into.limit();
    int room = Math.min(limit - start - SIZE_LINE - LINE_BREAK, MAX_CHUNK);
    if (room <= 0) {
      return 0;
    }
    into.limit(start + SIZE_LINE + room).position(start + SIZE_LINE);
    int count = source.read(into);
    into.limit(limit).position(start);
    if (count < 0) {
      done();
      ready = ByteBuffer.wrap(Http2Head.lastChunk(trailers));
    }
    if (count <= 0) {
      return 0;
    }
    into.put(Onward.ascii(String.format(Locale.ROOT, "%04x\r\n", count)));
    into.position(start + SIZE_LINE + count);
    into.put((byte) '\r').put((byte) '\n');
    return into.position() - start;
  }

  @Override
  public void askToRead() {
    if (finished || ready.hasRemaining()) {
      readSoon();
    } else if (input != Input.DONE) {
      source.resumeReads();
    }
  }

  @Override
  public void readSoon() {
    lane.thread.execute(() -> {
      if (!closed) {
        readable.run();
      }
    });
  }

  @Override
  public void stopReading() {
    source.suspendReads();
  }

  // ---- the answer

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (!drain()) {
      return 0;
    }
    int start = from.position();
    if (answering) {
      takeBody(from);
    } else {
      takeHead(from);
    }
    return from.position() - start;
  }

  private void takeHead(ByteBuffer from) throws IOException {
    Head head = lane.head;
    try {
      int end = HeadParser.end(from, from.position(), from.position(), false);
      head.load(from, from.position(), end);
      HeadParser.response(head);
      from.position(end);
      if (Responses.isInterim(head.status())) {
        HeaderMap fields = new HeaderMap();
        Http2Head.toHttp2(head, fields);
        new Http2HeadersStreamSinkChannel(channel, source.getStreamId(), fields).flush();
      } else {
        answering = true;
        Responses.frame(head, toHead, framing);
        Http2Head.toHttp2(head, sink.getHeaders());
      }
    } catch (BadMessage e) {
      throw new IllegalStateException("we have written this head ourselves", e);
    }
  }

  private void takeBody(ByteBuffer from) throws IOException {
    ByteBuffer taken = lane.take();
    int end = Math.min(from.limit(), from.position() + taken.capacity());
    try {
      end = framing.scan(
          from, from.position(), end, (bytes, f, t) -> taken.put(bytes.slice(f, t - f)));
    } catch (BadMessage e) {
      throw new IllegalStateException("this body has been looked at before", e);
    }
    from.position(end);
    data = taken.flip();
    drain();
  }

  private boolean drain() throws IOException {
    ByteBuffer pending = data;
    if (pending != null) {
      while (pending.hasRemaining()) {
        if (sink.write(pending) == 0) {
          return false;
        }
      }
      data = null;
      lane.give(pending);
    }
    return true;
  }

  @Override
  public boolean flush() throws IOException {
    if (!answering) {
      return true; // flushing would send a head that is not there yet
    }
    if (!drain()) {
      return false;
    }
    if (framing.isDone() && !shut) {
      shut = true;
      sink.shutdownWrites();
    }
    boolean flushed = sink.flush();
    finished = flushed && shut;
    return flushed;
  }

  private @Nullable HeaderMap answerTrailers() {
    Headers fields = framing.trailers();
    if (fields.size() == 0) {
      return null;
    }
    HeaderMap map = new HeaderMap();
    fields.forEach(
        field -> map.add(new HttpString(field.name().toLowerCase(Locale.ROOT)), field.value()));
    return map;
  }

  @Override
  public void askToWrite() {
    sink.resumeWrites();
  }

  @Override
  public void stopWriting() {
    sink.suspendWrites();
  }

  @Override
  public void finish() {
    framing.endOfStream();
    try {
      flush();
    } catch (IOException e) {
      LOG.trace("closed already", e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (data != null) {
      lane.give(data);
      data = null;
    }
    if (!finished || input != Input.DONE) {
      channel.sendRstStream(
          source.getStreamId(), finished ? Http2Channel.ERROR_NO_ERROR : Http2Channel.ERROR_CANCEL);
    }
  }

  @Override
  public void reset() {
    close();
  }
}
