package dev.weir.proxy.source;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a source may use of its proxy.
 *
 * @param proxy the proxy's name
 * @param data the proxy's data directory; a source keeps its own state in a folder of its name
 */
public record SourceContext(String proxy, Path data, InstantSource clock) {}
