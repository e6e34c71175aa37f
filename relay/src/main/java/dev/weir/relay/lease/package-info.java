/** Groups, and the leases that their players hold: who has what, until when, in what order. */
@NullMarked
package dev.weir.relay.lease;

import org.jspecify.annotations.NullMarked;
