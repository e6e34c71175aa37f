package dev.weir.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys from PEM files (RFC 7468). */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private Pem() {}

  /** Every certificate of the file, in order; one at least. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      var read = CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes(file)));
      if (read.isEmpty()) {
        throw new IOException(file + " holds no certificate");
      }
      return read.stream().map(X509Certificate.class::cast).toList();
    } catch (CertificateException e) {
      throw new IOException(file + " is not a PEM file of certificates: " + e.getMessage(), e);
    }
  }

  /** The private key of the file: PKCS #8, unencrypted. */
  static PrivateKey privateKey(Path file) throws IOException {
    Matcher block = KEY.matcher(new String(bytes(file), StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      throw new IOException(file + " holds no \"BEGIN PRIVATE KEY\" block: write the key as"
          + " unencrypted PKCS #8 (openssl pkcs8 -topk8 -nodes)");
    }
    PKCS8EncodedKeySpec encoded = encoded(file, block.group(1));
    GeneralSecurityException last = null;
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        last = e; // the file does not say which algorithm its key is of
      }
    }
    throw new IOException(file + " holds a key that is none of " + ALGORITHMS, last);
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + file, e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + " may not be read by this user", e);
    }
  }

  private static PKCS8EncodedKeySpec encoded(Path file, String base64) throws IOException {
    try {
      return new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds a private key that is not base64", e);
    }
  }
}
