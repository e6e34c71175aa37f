/** JMH for the parts that every capture passes. */
@NullMarked
package dev.weir.bench.jmh;

import org.jspecify.annotations.NullMarked;
