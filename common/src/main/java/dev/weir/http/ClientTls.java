package dev.weir.http;

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

/**
 * How a client speaks TLS: whom it trusts and who it says it is.
 *
 * @param trust a PEM file of the authorities to trust, or null for those of the Java platform
 * @param certificate a PEM file of the client's own certificate chain, or null for none
 * @param key a PEM file of the key to {@code certificate}
 */
public record ClientTls(
    @Nullable Path trust,
    @Nullable Path certificate,
    @Nullable Path key) {
  /** The platform's authorities, no certificate of its own. */
  public static final ClientTls PLATFORM = new ClientTls(null, null, null);

  public ClientTls {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a client certificate and its key go together: "
          + (key == null ? "the key" : "the certificate") + " is missing");
    }
  }

  /** A context, and the trust manager in it. */
  public record Made(SSLContext context, X509TrustManager trustManager) {}

  /** @throws IOException if a file cannot be read or does not hold what it should */
  public Made make() throws IOException {
    try {
      X509TrustManager trustManager = trustManager();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), new TrustManager[] {trustManager}, null);
      return new Made(context, trustManager);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up tls: " + e.getMessage(), e);
    }
  }

  private X509TrustManager trustManager() throws IOException, GeneralSecurityException {
    KeyStore authorities = null; // the platform's
    if (trust != null) {
      authorities = emptyStore();
      int number = 0;
      for (X509Certificate authority : Pem.certificates(trust)) {
        authorities.setCertificateEntry("authority-" + number++, authority);
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
    throw new GeneralSecurityException("this java platform has no X.509 trust manager");
  }

  private KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
    if (certificate == null || key == null) {
      return null;
    }
    List<X509Certificate> chain = Pem.certificates(certificate);
    char[] noPassword = {};
    KeyStore own = emptyStore();
    own.setKeyEntry(
        "client", Pem.privateKey(key), noPassword, chain.toArray(new X509Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, noPassword);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
