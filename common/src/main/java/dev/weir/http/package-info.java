/** The HTTP servers and clients that the roles talk through. */
@NullMarked
package dev.weir.http;

import org.jspecify.annotations.NullMarked;
