package dev.weir.bench;

import java.io.IOException;

/** One thing measured, from starting what it needs to ending it again. */
interface Section {
  void run(Report report, Effort effort) throws IOException, InterruptedException;
}
