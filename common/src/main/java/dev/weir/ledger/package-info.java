/** What became of every capture: the reasons for loss, and the account that must balance. */
@NullMarked
package dev.weir.ledger;

import org.jspecify.annotations.NullMarked;
