/** What travels between the roles: batches of captures, leases, settlements, reports. */
@NullMarked
package dev.weir.wire;

import org.jspecify.annotations.NullMarked;
