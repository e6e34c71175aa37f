/** How the command logs. */
@NullMarked
package dev.weir.cli.log;

import org.jspecify.annotations.NullMarked;
