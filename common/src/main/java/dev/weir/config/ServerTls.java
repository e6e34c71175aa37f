package dev.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a listener proves itself. PEM files.
 *
 * @param clientCa where set, a client must show a certificate of this authority (mTLS)
 */
public record ServerTls(
    @FileToRead Path certificate,
    @FileToRead Path key,
    @FileToRead @Nullable Path clientCa) {}
