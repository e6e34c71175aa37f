package dev.weir.script.view;

/**
 * A name with a value in a multimap, as text of the wire.
 *
 * @param raw how it stood there, kept for as long as nobody changes it
 */
record Pair(String name, String value, String raw) {}
