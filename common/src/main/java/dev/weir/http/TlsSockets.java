package dev.weir.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Opens a client's sockets: each with what its context holds at that moment, and asking for the
 * name that the client expects. Thread-safe.
 */
final class TlsSockets extends SSLSocketFactory {
  private final Tls.Client client;

  TlsSockets(Tls.Client client) {
    this.client = client;
  }

  private SSLSocketFactory now() {
    return client.context().getSocketFactory();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return now().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return now().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return now().createSocket(connected, client.nameOf(host), port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket(new Socket(host, port), host, port, true);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(new Socket(host, port, from, fromPort), host, port, true);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(new Socket(host, port), host.getHostName(), port, true);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(new Socket(host, port, from, fromPort), host.getHostName(), port, true);
  }
}
