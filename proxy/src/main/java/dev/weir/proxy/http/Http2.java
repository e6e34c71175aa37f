package dev.weir.proxy.http;

import dev.weir.http.Refusal;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/**
 * Has HTTP/2 connections (RFC 9113) spoken to by Undertow, and makes of each of their streams a
 * conversation in HTTP/1 with a single exchange.
 */
final class Http2 {
  private static final Logger LOG = LoggerFactory.getLogger(Http2.class);
  private static final int BUFFER = 16 << 10;
  private static final int MAX_STREAMS = 256;
  private static final int IDLE_MILLIS = 600_000;

  private static final OptionMap OPTIONS = OptionMap.builder()
      .set(UndertowOptions.MAX_HEADERS, Head.MAX_FIELDS)
      .set(UndertowOptions.MAX_HEADER_SIZE, Conversation.MAX_HEAD)
      .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_STREAMS)
      .set(UndertowOptions.HTTP2_SETTINGS_ENABLE_PUSH, false)
      .getMap();

  private final ByteBufferPool pool = new DefaultByteBufferPool(true, BUFFER);

  ByteBufferPool pool() {
    return pool;
  }

  /**
   * Serves a connection from its preface on.
   *
   * @param arrived what has been read of it already
   */
  void serve(
      Lane lane, StreamConnection connection, @Nullable PooledByteBuffer arrived, Peer peer) {
    FrameWatch frames = new FrameWatch(
        connection.getSourceChannel().getConduit(), () -> lane.proxy.count(Refusal.TOO_LARGE));
    if (arrived != null) {
      ByteBuffer bytes = arrived.getBuffer();
      try {
        frames.look(bytes, bytes.position(), bytes.limit());
      } catch (IOException e) {
        LOG.debug("refused a connection of {}: {}", peer.client(), e.toString());
        arrived.close();
        IoUtils.safeClose(connection);
        return;
      }
    }
    connection.getSourceChannel().setConduit(frames);
    Http2Channel channel = new Http2Channel(connection, "h2", pool, arrived, false, false, OPTIONS);
    channel.setIdleTimeout(IDLE_MILLIS);
    lane.http2.add(channel);
    channel.addCloseTask(closed -> lane.http2.remove(closed));
    channel.getReceiveSetter().set(open -> receive(lane, open, peer));
    channel.resumeReceives();
  }

  private static void receive(Lane lane, Http2Channel channel, Peer peer) {
    try {
      AbstractHttp2StreamSourceChannel frame = channel.receive();
      if (frame instanceof Http2StreamSourceChannel stream) {
        begin(lane, channel, stream, peer);
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("refused a connection of {}: {}", peer.client(), e.toString());
      lane.proxy.count(Refusal.MALFORMED);
      IoUtils.safeClose(channel);
    } catch (IOException e) {
      LOG.debug("{} broke its connection off: {}", peer.client(), e.toString());
      IoUtils.safeClose(channel);
    }
  }

  private static void begin(
      Lane lane, Http2Channel channel, Http2StreamSourceChannel stream, Peer peer) {
    if (lane.isCrowded()) {
      lane.proxy.count(Refusal.TOO_MANY);
      channel.sendRstStream(stream.getStreamId(), Http2Channel.ERROR_REFUSED_STREAM);
      return;
    }
    try {
      new Conversation(lane, new Http2End(lane, channel, stream), peer).start();
    } catch (BadMessage e) {
      LOG.debug("refused a request of {}: {}", peer.client(), e.reason());
      lane.proxy.count(e.refusal());
      channel.sendRstStream(stream.getStreamId(), Http2Channel.ERROR_PROTOCOL_ERROR);
    }
  }

  /** Copies what has been read into a buffer of the kind that Undertow takes over. */
  PooledByteBuffer pooled(ByteBuffer arrived) {
    PooledByteBuffer copy = pool.allocate();
    copy.getBuffer().put(arrived).flip();
    return copy;
  }
}
