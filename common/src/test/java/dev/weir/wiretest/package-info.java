/** Sockets for tests that care about every byte: a client and a service that add nothing. */
package dev.weir.wiretest;
