package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.relay.lease.Clocks;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay on a real disk, stopped and started again. */
class RestartTest {
  private final RunId run = RunId.random();

  @TempDir
  private Path data;

  private TestRelay start() throws Exception {
    return TestRelay.start(
        TestRelay.config(data, List.of()), new DiskStorage(data, Clocks.SYSTEM.wall()));
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    try (TestRelay relay = start()) {
      relay.ship("shop", run, 0, "a", "b", "c");
      TestRelay.Leased leased = relay.lease("shop", 10, 0);
      relay.settle(leased.id(), Samples.delivered(2));
      relay.settle(leased.id(), Samples.dead(3));
    }
    assertThat(data.resolve("buckets").resolve("shop").resolve("dead.db")).exists();
    try (TestRelay relay = start()) {
      Stored again = relay.ship("shop", run, 0, "a", "b", "c", "d");
      assertThat(again)
          .extracting(Stored::storedThrough, Stored::duplicates)
          .containsExactly(4L, 3L);
      assertThat(relay.lease("shop", 10, 0).captures())
          .extracting(LeasedCapture::offset)
          .containsExactly(1L, 4L);
      assertThat(relay.get("/v1/stats")).contains("\"dead\":1", "\"imbalance\":0");
    }
  }

  @Test
  void leavesDirectoriesAloneThatAreNoBuckets() throws Exception {
    Path other = Files.createDirectories(data.resolve("buckets").resolve("Lost+Found"));
    try (TestRelay relay = start()) {
      assertThat(relay.get("/v1/stats")).contains("\"buckets\":[]");
    }
    assertThat(other).isEmptyDirectory();
  }

  @Test
  void startsOnlyOnceOnADirectory() throws Exception {
    try (TestRelay relay = start()) {
      String inUse = "is in use by process " + ProcessHandle.current().pid();
      assertThatThrownBy(this::start)
          .hasMessageContaining("data directory")
          .hasMessageEndingWith(inUse);

      relay.ship("shop", run, 0, "a");
      assertThat(relay.lease("shop", 10, 0).captures()).hasSize(1);
    }
  }
}
