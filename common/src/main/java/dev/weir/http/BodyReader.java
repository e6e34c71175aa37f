package dev.weir.http;

import dev.weir.unit.ByteRate;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads the body of one call into memory, as it comes. On the connection's I/O thread. Undertow's
 * own receiver copies a body byte by byte, which at the relay took a fifth of all time.
 */
final class BodyReader implements ChannelListener<StreamSourceChannel> {
  private static final int FIRST = 16 << 10;

  /** A body may come as slowly as it likes for so long, and must be whole in the end. */
  private static final int SLOW_SECONDS = 30;

  private static final int WITHIN_SECONDS = 60;

  private final HttpServerExchange exchange;
  private final long limit;
  private final Consumer<byte[]> whole;
  private final Runnable tooLarge;
  private ByteBuffer bytes;
  private int seconds;
  private boolean over;

  /**
   * @param announced the body's length, -1 if nobody knows
   * @param limit bytes, at least what is announced
   */
  BodyReader(
      HttpServerExchange exchange,
      long announced,
      long limit,
      Consumer<byte[]> whole,
      Runnable tooLarge) {
    this.exchange = exchange;
    this.limit = limit;
    this.whole = whole;
    this.tooLarge = tooLarge;
    // one more than can come: only a read into what is left tells the end
    this.bytes =
        ByteBuffer.allocate((int) (announced < 0 ? Math.min(limit, FIRST) : announced) + 1);
  }

  /** In the call of a handler. Whether it is over at once. */
  boolean start() {
    StreamSourceChannel channel =
        exchange.isRequestComplete() ? null : exchange.getRequestChannel();
    if (channel == null) {
      over = true;
      whole.accept(new byte[0]);
    } else if (!read(channel)) {
      channel.getReadSetter().set(this);
      channel.resumeReads();
    }
    return over;
  }

  /** A second has passed. Whether the body comes too slowly; then it is over. */
  boolean lags(ByteRate least) {
    seconds++;
    boolean slow = seconds > SLOW_SECONDS
        && (seconds > WITHIN_SECONDS
            || bytes.position() < seconds * least.perSecond().bytes());
    if (over || !slow) {
      return false;
    }
    over = true;
    return true;
  }

  @Override
  public void handleEvent(StreamSourceChannel channel) {
    Connectors.executeRootHandler(
        same -> {
          if (over) {
            channel.suspendReads(); // given up; what still comes is nobody's
          } else if (!read(channel)) {
            channel.resumeReads();
          }
        },
        exchange);
  }

  /** Whether it is over, well or not. */
  private boolean read(StreamSourceChannel channel) {
    try {
      int count = channel.read(bytes);
      while (count > 0 && bytes.position() <= limit) {
        if (!bytes.hasRemaining()) {
          grow();
        }
        count = channel.read(bytes);
      }
      if (count == 0) {
        return false;
      }
      over = true;
      channel.suspendReads();
      if (count < 0) {
        whole.accept(Arrays.copyOf(bytes.array(), bytes.position()));
      } else {
        tooLarge.run();
      }
    } catch (IOException e) {
      over = true;
      IoUtils.safeClose(exchange.getConnection()); // or else it would end in 200
      exchange.endExchange();
    }
    return true;
  }

  private void grow() {
    int room = (int) Math.min(2L * bytes.capacity(), limit + 1);
    bytes = ByteBuffer.allocate(room).put(bytes.flip());
  }
}
