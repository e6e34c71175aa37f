package dev.weir.http;

import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A context that stands for another, which can be replaced while it is in use. A connection keeps
 * what it began with, and no session outlives its context. Thread-safe.
 */
final class RenewableContext extends SSLContext {
  private final Delegate delegate;

  RenewableContext(SSLContext first) {
    this(new Delegate(first), first);
  }

  private RenewableContext(Delegate delegate, SSLContext first) {
    super(delegate, first.getProvider(), first.getProtocol());
    this.delegate = delegate;
  }

  /** New connections use {@code next}. */
  void renew(SSLContext next) {
    delegate.current = next;
  }

  private static final class Delegate extends SSLContextSpi {
    private volatile SSLContext current;

    Delegate(SSLContext first) {
      this.current = first;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
      throw new UnsupportedOperationException("renewed as a whole");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return current.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return current.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return current.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return current.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return current.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return current.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return current.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return current.getSupportedSSLParameters();
    }
  }
}
