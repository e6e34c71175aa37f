/** The proxy's account of its captures, kept so that it survives a kill. */
@NullMarked
package dev.weir.proxy.ledger;

import org.jspecify.annotations.NullMarked;
