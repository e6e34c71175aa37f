package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** A TCP connection, with or without TLS. */
final class SocketEnd implements End {
  private static final Logger LOG = LoggerFactory.getLogger(SocketEnd.class);

  private final StreamConnection connection;
  private final ConduitStreamSourceChannel source;
  private final ConduitStreamSinkChannel sink;

  SocketEnd(StreamConnection connection) {
    this.connection = connection;
    this.source = connection.getSourceChannel();
    this.sink = connection.getSinkChannel();
  }

  /** For somebody else to take over: nobody is called back any more. */
  StreamConnection release() {
    source.suspendReads();
    sink.suspendWrites();
    source.setReadListener(null);
    sink.setWriteListener(null);
    return connection;
  }

  @Override
  public void listen(Runnable readable, Runnable writable) {
    source.setReadListener(c -> readable.run());
    sink.setWriteListener(c -> writable.run());
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return source.read(into);
  }

  @Override
  public void askToRead() {
    source.resumeReads();
  }

  @Override
  public void readSoon() {
    source.wakeupReads();
  }

  @Override
  public void stopReading() {
    source.suspendReads();
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return sink.write(from);
  }

  @Override
  public boolean flush() throws IOException {
    return sink.flush();
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
    try {
      sink.shutdownWrites();
      sink.flush();
    } catch (IOException e) {
      LOG.trace("closed already", e);
    }
  }

  @Override
  public void close() {
    source.suspendReads();
    sink.suspendWrites();
    IoUtils.safeClose(connection);
  }

  @Override
  public void reset() {
    try {
      connection.setOption(Options.CLOSE_ABORT, true);
    } catch (IOException e) {
      LOG.trace("closed already", e);
    }
    close();
  }
}
