package dev.weir.capture;

/**
 * A request as it stood on the wire.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority what Host or :authority said, may be empty
 * @param target the request target, undecoded (RFC 9112, section 3.2): path and query, {@code *},
 *     or an absolute URL
 * @param version such as {@code HTTP/1.1}
 * @param trailers the fields after a chunked body
 */
public record Request(
    String method,
    String scheme,
    String authority,
    String target,
    String version,
    Headers headers,
    Body body,
    Headers trailers,
    Client client) {}
