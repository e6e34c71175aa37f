/**
 * A streaming HTTP reverse proxy that passes bytes on as they came and shows them to an observer.
 * Everything runs on I/O threads; nothing is shared between two of them.
 */
@NullMarked
package dev.weir.proxy.http;

import org.jspecify.annotations.NullMarked;
