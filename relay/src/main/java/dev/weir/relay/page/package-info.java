/** What the relay shows to people and to their monitoring. */
@NullMarked
package dev.weir.relay.page;

import org.jspecify.annotations.NullMarked;
