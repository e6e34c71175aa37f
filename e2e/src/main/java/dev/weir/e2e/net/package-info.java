/** A network that can be spoilt: a TCP proxy with toxics, in the words of toxiproxy. */
@NullMarked
package dev.weir.e2e.net;

import org.jspecify.annotations.NullMarked;
