package dev.weir.http;

import dev.weir.config.ClientTls;
import dev.weir.config.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Builds what speaks TLS from the files that the configuration names. */
public final class Tls {
  private static final char[] NO_PASSWORD = {};

  private Tls() {}

  /** @param trustManager the one in the context */
  public record Client(SSLContext context, X509TrustManager trustManager) {}

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
      return new Client(context, trustManager);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up tls: " + e.getMessage(), e);
    }
  }

  /** @throws IOException if a file cannot be read or does not hold what it should */
  public static SSLContext server(ServerTls config) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          showing(config.certificate(), config.key()),
          config.clientCa() == null ? null : new TrustManager[] {trusting(config.clientCa())},
          null);
      return context;
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
    KeyStore own = emptyStore();
    own.setKeyEntry("own", Pem.privateKey(key), NO_PASSWORD, chain.toArray(new X509Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
