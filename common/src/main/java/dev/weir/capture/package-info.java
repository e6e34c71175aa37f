/**
 * The capture, the unit everywhere: one recorded request with its metadata, and how it is written
 * down.
 */
@NullMarked
package dev.weir.capture;

import org.jspecify.annotations.NullMarked;
