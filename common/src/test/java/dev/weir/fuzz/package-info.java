/** Input that a decoder has not been written for: real encodings, changed at random. */
package dev.weir.fuzz;
