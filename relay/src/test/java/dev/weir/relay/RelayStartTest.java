package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a relay takes to start must not depend on what waits in its buckets. */
class RelayStartTest {
  private static final BucketName SHOP = new BucketName("shop");

  @TempDir
  private Path data;

  @Test
  void readsNoMoreForAllThatWaits() throws Exception {
    for (int waiting : List.of(0, 10, 20_000)) {
      AtomicInteger reads = new AtomicInteger();
      Path fresh = data.resolve("with-" + waiting);
      try (TestRelay relay =
          TestRelay.start(TestRelay.config(fresh, List.of()), storage(waiting, reads))) {
        assertThat(relay.get("/v1/stats")).contains("\"waiting\":" + waiting);
        assertThat(reads).as("pages read with %d waiting", waiting).hasValueLessThan(4);
      }
    }
  }

  /** A bucket in which as much waits. */
  private static Storage storage(int waiting, AtomicInteger reads) throws IOException {
    InMemoryStorage memory = new InMemoryStorage();
    Spool spool = memory.spool(SHOP, RelayConfig.Bucket.DEFAULTS);
    if (waiting > 0) {
      spool.append(
          new ArrayList<>(Collections.nCopies(waiting, new byte[10])), Map.of(), WhenFull.REFUSE);
    }
    return new CountingStorage(memory, spool, reads);
  }

  /** Has one bucket, and counts the reads from it. */
  private record CountingStorage(InMemoryStorage memory, Spool spool, AtomicInteger reads)
      implements Storage {
    @Override
    public List<BucketName> present() {
      return List.of(SHOP);
    }

    @Override
    public Spool spool(BucketName bucket, RelayConfig.Bucket config) {
      return (Spool) java.lang.reflect.Proxy.newProxyInstance(
          Spool.class.getClassLoader(), new Class<?>[] {Spool.class}, (self, method, arguments) -> {
            if (method.getName().equals("read")) {
              reads.incrementAndGet();
            }
            return method.invoke(spool, arguments);
          });
    }

    @Override
    public DeadStore dead(BucketName bucket, RelayConfig.Bucket config) {
      return memory.dead(bucket, config);
    }
  }
}
