package dev.weir.proxy.source;

import dev.weir.http.TlsFiles;
import dev.weir.unit.SourceName;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a source may use of its proxy.
 *
 * @param proxy the proxy's name
 * @param data the proxy's data directory
 * @param tls opens the certificates that a source uses, so that the proxy can read them again
 */
public record SourceContext(String proxy, Path data, TlsFiles tls, InstantSource clock) {
  /** Where a source keeps its own state; whoever writes there makes it. */
  Path folder(SourceName source) {
    return data.resolve("source").resolve(source.value());
  }
}
