package dev.weir.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDeadStoreTest extends DeadStoreContractTest {
  @TempDir
  private Path directory;

  @Override
  DeadStore open(ByteSize limit) throws IOException {
    return SqliteDeadStore.open(directory.resolve("dead.db"), limit);
  }

  @Test
  void remembersAfterARestart() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10)));
    }
    try (DeadStore store = open(LARGE)) {
      assertThat(store.index(DEFAULT)).containsEntry(id(1), new Place(101, State.RESTING));
      assertThat(store.bytes()).isPositive();
      assertThat(store.add(List.of(dead("default", 1, 10)))).isEmpty();
      assertThat(store.index(DEFAULT)).hasSize(1);
    }
  }

  @Test
  void makesNoFileWhileNobodyIsDead() throws Exception {
    try (DeadStore store = open(LARGE)) {
      assertThat(store.index(DEFAULT)).isEmpty();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void movesADamagedFileAside() throws Exception {
    Files.writeString(directory.resolve("dead.db"), "this is no database".repeat(100));
    try (DeadStore store = open(LARGE)) {
      assertThat(store.index(DEFAULT)).isEmpty();
      store.add(List.of(dead("default", 1, 10)));
      assertThat(store.index(DEFAULT)).hasSize(1);
      assertThat(store.missing()).isEqualTo(LossReason.CORRUPT);
    }
    assertThat(directory.resolve("quarantine").resolve("dead.db")).exists();
    try (DeadStore store = open(LARGE)) {
      assertThat(store.missing()).as("until the books say so").isEqualTo(LossReason.CORRUPT);
    }
  }

  @Test
  void doesNotKnowWhereItsFileIsWhenThatIsGone() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10)));
      assertThat(store.missing()).isEqualTo(LossReason.UNKNOWN);
    }
    try (DeadStore store = open(LARGE)) {
      assertThat(store.missing()).isEqualTo(LossReason.EVICTED);
    }
    Files.delete(directory.resolve("dead.db"));
    try (DeadStore store = open(LARGE)) {
      assertThat(store.missing()).isEqualTo(LossReason.UNKNOWN);
    }
  }

  @Test
  void movesAFileAsideThatIsDamagedWhileItIsOpen() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 10)));
    }
    byte[] file = Files.readAllBytes(directory.resolve("dead.db"));
    java.util.Arrays.fill(file, 4096, file.length, (byte) 0x55);
    Files.write(directory.resolve("dead.db"), file);
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 2, 10)));
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(2));
      assertThat(store.missing()).isEqualTo(LossReason.CORRUPT);
    }
  }

  @Test
  void tellsWhoeverComesUponTheDamage() throws Exception {
    try (DeadStore store = open(LARGE)) {
      store.add(List.of(dead("default", 1, 100_000)));
    }
    byte[] file = Files.readAllBytes(directory.resolve("dead.db"));
    java.util.Arrays.fill(file, file.length - 50_000, file.length, (byte) 0x55); // of the capture
    Files.write(directory.resolve("dead.db"), file);
    try (DeadStore store = open(LARGE)) {
      assertThat(store.index(DEFAULT)).containsOnlyKeys(id(1));
      assertThatThrownBy(() -> store.read(null, null, 0, 10)).isInstanceOf(DeadLostException.class);
      assertThat(store.read(null, null, 0, 10)).isEmpty();
      assertThat(store.index(DEFAULT)).isEmpty();
      assertThat(store.missing()).isEqualTo(LossReason.CORRUPT);
    }
  }
}
