package dev.weir.spool;

import dev.weir.capture.RunId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

class InMemorySpoolTest extends SpoolContractTest {
  private @Nullable InMemorySpool last;

  @Override
  Spool open(Map<RunId, Long> numbered) {
    last = last == null ? new InMemorySpool(LIMIT, MAX_AGE, clock) : last.reopen(numbered);
    return last;
  }
}
