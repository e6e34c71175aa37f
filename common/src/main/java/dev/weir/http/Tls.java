package dev.weir.http;

import dev.weir.config.ClientTls;
import dev.weir.config.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Builds what speaks TLS from the files that the configuration names. */
public final class Tls {
  private static final char[] NO_PASSWORD = {};

  private Tls() {}

  /**
   * What takes connections.
   *
   * @param asksClients whether a client must show a certificate
   */
  public record Server(SSLContext context, boolean asksClients) {}

  /**
   * What opens connections.
   *
   * @param trustManager the one in the context
   * @param serverName to ask for, and to find in the server's certificate, in place of the host's
   *     own; null: the host's
   */
  public record Client(
      SSLContext context,
      X509TrustManager trustManager,
      @Nullable String serverName) {
    /** The name to ask {@code host} for, and to find in its certificate. */
    public String nameOf(String host) {
      return serverName == null ? host : serverName;
    }

    /** Opens sockets that ask for that name; whoever uses them checks what they get. */
    SSLSocketFactory sockets() {
      return new TlsSockets(this);
    }
  }

  /**
   * @param config null: trust what the JVM trusts, show no certificate
   * @throws IOException if a file cannot be read or does not hold what it should
   */
  public static Client client(@Nullable ClientTls config) throws IOException {
    Path ca = config == null ? null : config.ca();
    Path certificate = config == null ? null : config.certificate();
    Path key = config == null ? null : config.key();
    try {
      X509TrustManager trustManager = trusting(ca);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null || key == null ? null : showing(certificate, key),
          new TrustManager[] {trustManager},
          null);
      return new Client(context, trustManager, config == null ? null : config.serverName());
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up tls: " + e.getMessage(), e);
    }
  }

  /** @throws IOException if a file cannot be read or does not hold what it should */
  public static Server server(ServerTls config) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          showing(config.certificate(), config.key()),
          config.clientCa() == null ? null : new TrustManager[] {trusting(config.clientCa())},
          null);
      return new Server(context, config.clientCa() != null);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up tls: " + e.getMessage(), e);
    }
  }

  private static X509TrustManager trusting(@Nullable Path ca)
      throws IOException, GeneralSecurityException {
    KeyStore authorities = null; // the JVM's own
    if (ca != null) {
      authorities = emptyStore();
      int number = 0;
      for (X509Certificate authority : Pem.certificates(ca)) {
        authorities.setCertificateEntry("ca-" + number++, authority);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("this JVM has no X.509 trust manager");
  }

  private static KeyManager[] showing(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(certificate);
    PrivateKey privateKey = Pem.privateKey(key);
    checkInForce(chain.get(0), certificate);
    if (!belong(privateKey, chain.get(0).getPublicKey())) {
      throw new IOException(key + " is not the key of the first certificate in " + certificate);
    }
    KeyStore own = emptyStore();
    own.setKeyEntry("own", privateKey, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Nobody would accept it: better said here than by everybody who calls. */
  private static void checkInForce(X509Certificate certificate, Path file) throws IOException {
    Instant now = Instant.now();
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      throw new IOException(file + " expired on " + until + ": put a new certificate there");
    }
    if (now.isBefore(from)) {
      throw new IOException(file + " is good from " + from + " on, and it is " + now + " now");
    }
  }

  private static boolean belong(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    String algorithm = switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
    byte[] anything = {1};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(anything);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(anything);
    try {
      return signature.verify(signed);
    } catch (SignatureException e) {
      return false; // of another size or curve
    }
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
