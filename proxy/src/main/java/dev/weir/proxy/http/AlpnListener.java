package dev.weir.proxy.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.ConnectorStatistics;
import io.undertow.server.DelegateOpenListener;
import io.undertow.server.HttpHandler;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/**
 * Takes the TLS connections whose client chose one protocol, with the first bytes of what it said.
 */
final class AlpnListener implements DelegateOpenListener {
  private final ByteBufferPool pool;
  private final BiConsumer<StreamConnection, @Nullable PooledByteBuffer> opened;

  AlpnListener(
      ByteBufferPool pool, BiConsumer<StreamConnection, @Nullable PooledByteBuffer> opened) {
    this.pool = pool;
    this.opened = opened;
  }

  @Override
  public void handleEvent(StreamConnection connection, @Nullable PooledByteBuffer arrived) {
    opened.accept(connection, arrived);
  }

  @Override
  public void handleEvent(StreamConnection connection) {
    opened.accept(connection, null);
  }

  @Override
  public ByteBufferPool getBufferPool() {
    return pool;
  }

  @Override
  public OptionMap getUndertowOptions() {
    return OptionMap.EMPTY;
  }

  @Override
  public @Nullable HttpHandler getRootHandler() {
    return null;
  }

  @Override
  public void setRootHandler(HttpHandler handler) {
    throw new UnsupportedOperationException("no handlers here");
  }

  @Override
  public void setUndertowOptions(OptionMap options) {
    throw new UnsupportedOperationException("no options here");
  }

  @Override
  public @Nullable ConnectorStatistics getConnectorStatistics() {
    return null;
  }
}
