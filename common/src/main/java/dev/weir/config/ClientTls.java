package dev.weir.config;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a client trusts and proves itself. PEM files.
 *
 * @param ca whom to trust; default: what the JVM trusts
 * @param certificate what to show where the server asks (mTLS)
 * @param key of the certificate
 * @param serverName the name to ask for and to find in the server's certificate; default: the host
 *     that is called
 */
public record ClientTls(
    @FileToRead @Nullable Path ca,
    @FileToRead @Nullable Path certificate,
    @FileToRead @Nullable Path key,
    @Nullable String serverName) {
  private static final Pattern SERVER_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  public ClientTls {
    new Check()
        .that(certificate == null || key != null, "certificate", "certificate needs a key")
        .that(key == null || certificate != null, "key", "key needs a certificate")
        .that(
            serverName == null || SERVER_NAME.matcher(serverName).matches(),
            "server-name",
            "not a host name: write it without a scheme, a port or a path")
        .end();
  }

  /** Expects the host that is called. */
  public ClientTls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
    this(ca, certificate, key, null);
  }
}
