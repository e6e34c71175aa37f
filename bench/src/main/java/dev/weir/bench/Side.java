package dev.weir.bench;

import java.util.List;

/**
 * One of the things that are compared: where it takes requests, and the processes that it consists
 * of. It runs; the workbench ends it.
 *
 * @param address {@code host:port}
 * @param inTheWay what a request passes: their CPU time is what it costs
 * @param behind what works for it on the side: the relay, or who gets nginx's mirrored requests
 */
record Side(String name, String address, List<ProcessHandle> inTheWay, List<ProcessHandle> behind) {
  Side {
    inTheWay = List.copyOf(inTheWay);
    behind = List.copyOf(behind);
  }
}
