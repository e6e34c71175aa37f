package dev.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a client trusts and proves itself. PEM files.
 *
 * @param ca whom to trust; default: what the JVM trusts
 * @param certificate what to show where the server asks (mTLS)
 * @param key of the certificate
 */
public record ClientTls(
    @FileToRead @Nullable Path ca,
    @FileToRead @Nullable Path certificate,
    @FileToRead @Nullable Path key) {
  public ClientTls {
    new Check()
        .that(certificate == null || key != null, "certificate", "certificate needs a key")
        .that(key == null || certificate != null, "key", "key needs a certificate")
        .end();
  }
}
