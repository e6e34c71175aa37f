package dev.weir.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate and its key, made for one test. */
public final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path certificate;
  private final Path key;
  private final KeyStore store;

  private Certificates(Path certificate, Path key, KeyStore store) {
    this.certificate = certificate;
    this.key = key;
    this.store = store;
  }

  /** @param names such as {@code dns:localhost,ip:127.0.0.1} */
  public static Certificates make(Path folder, String names) throws Exception {
    return make(folder, names, "+0d", 90);
  }

  /** @param from as keytool writes it, such as {@code -30d} */
  static Certificates make(Path folder, String names, String from, int days) throws Exception {
    Path file = folder.resolve("store.p12");
    Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "own",
            "-keyalg",
            "EC",
            "-dname",
            "CN=weir test",
            "-ext",
            "san=" + names,
            "-startdate",
            from,
            "-validity",
            Integer.toString(days),
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("keytool.log").toFile())
        .start();
    if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException(Files.readString(folder.resolve("keytool.log")));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Key key = store.getKey("own", PASSWORD.toCharArray());
    return new Certificates(
        pem(
            folder.resolve("certificate.pem"),
            "CERTIFICATE",
            store.getCertificate("own").getEncoded()),
        pem(folder.resolve("key.pem"), "PRIVATE KEY", key.getEncoded()),
        store);
  }

  private static Path pem(Path file, String label, byte[] bytes) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(bytes);
    return Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
  }

  /** PEM. */
  public Path certificate() {
    return certificate;
  }

  /** PEM, PKCS #8. */
  public Path key() {
    return key;
  }

  /** Shows this certificate, and trusts it. */
  public SSLContext context() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    KeyStore trusted = trusted();
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyStore trusted() throws GeneralSecurityException {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("own", store.getCertificate("own"));
      return trusted;
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
