/** What the relay answers to proxies and players. */
@NullMarked
package dev.weir.relay.api;

import org.jspecify.annotations.NullMarked;
