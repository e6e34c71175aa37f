package dev.weir.proxy.http;

import dev.weir.capture.Client;

/**
 * The other end of a client's connection.
 *
 * @param scheme {@code http} or {@code https}
 * @param connection a number that no other connection of this proxy has
 */
public record Peer(Client client, String scheme, long connection) {}
