package dev.weir.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.weir.proxy.ledger.LedgerPage.Remains;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerPageTest {
  private static final int BOOT_AT = 16;
  private static final int SLOTS_AT = 1 << 10;
  private static final Remains NOTHING = new Remains(Map.of(), Map.of());

  @TempDir
  private Path memory;

  private Path file;

  @BeforeEach
  void name() {
    file = memory.resolve("page");
  }

  @Test
  void readsBackWhatWasCountedAndPublished() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    page.add(Counter.BEGUN);
    page.add(Counter.BEGUN);
    page.add(Counter.ABANDONED);
    page.publish(Map.of("kept", 1L, "n\u00e4me", -7L));

    Remains remains = LedgerPage.read(file).orElseThrow();
    assertThat(remains.counters())
        .containsOnlyKeys(Counter.values())
        .containsEntry(Counter.BEGUN, 2L)
        .containsEntry(Counter.ABANDONED, 1L)
        .containsEntry(Counter.OFFERED, 0L);
    assertThat(remains.slot()).isEqualTo(Map.of("kept", 1L, "n\u00e4me", -7L));
    assertThat(page.counters()).isEqualTo(remains.counters());
  }

  @Test
  void beginsWithWhatItIsGiven() throws IOException {
    LedgerPage.create(file, new Remains(Map.of(Counter.BEGUN, 5L), Map.of("kept", 4L)));

    Remains remains = LedgerPage.read(file).orElseThrow();
    assertThat(remains.counters()).containsEntry(Counter.BEGUN, 5L);
    assertThat(remains.slot()).isEqualTo(Map.of("kept", 4L));
  }

  @Test
  void keepsOnlyTheNewest() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    for (long i = 1; i <= 5; i++) {
      page.publish(Map.of("kept", i, "only/" + i, i));
      assertThat(LedgerPage.read(file).orElseThrow().slot())
          .isEqualTo(Map.of("kept", i, "only/" + i, i));
    }
  }

  @Test
  void takesThePlaceOfThePageBeforeIt() throws IOException {
    LedgerPage old = LedgerPage.create(file, new Remains(Map.of(Counter.BEGUN, 5L), Map.of()));
    LedgerPage.create(file, NOTHING);
    old.add(Counter.BEGUN);

    assertThat(LedgerPage.read(file).orElseThrow().counters()).containsEntry(Counter.BEGUN, 0L);
    try (var files = Files.list(memory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    LedgerPage.create(file, NOTHING);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void neverReadsAHalfWrittenSlot() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING); // slot 0 is valid
    page.publish(Map.of("kept", 1L)); // slot 1 is
    byte[] garbage = new byte[LedgerPage.SLOT_BYTES];
    new Random(1).nextBytes(garbage);
    overwrite(SLOTS_AT, garbage);

    assertThat(LedgerPage.read(file).orElseThrow().slot()).isEqualTo(Map.of("kept", 1L));
  }

  @Test
  void losesNoAddOfConcurrentThreads() throws Exception {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(new Thread(() -> {
        for (int n = 0; n < 50_000; n++) {
          page.add(Counter.BEGUN);
          page.add(Counter.OFFERED);
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(LedgerPage.read(file).orElseThrow().counters())
        .containsEntry(Counter.BEGUN, 200_000L)
        .containsEntry(Counter.OFFERED, 200_000L);
  }

  @Test
  void neverShowsAPartLargerThanItsWhole() throws Exception {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    AtomicBoolean done = new AtomicBoolean();
    Thread source = new Thread(() -> {
      while (!done.get()) {
        page.add(Counter.BEGUN);
        page.add(Counter.OFFERED);
        page.add(Counter.QUEUE_FULL);
      }
    });
    source.start();
    int wrong = 0;
    for (int i = 0; i < 200_000; i++) {
      Map<Counter, Long> seen = page.counters();
      long offered = seen.get(Counter.OFFERED);
      wrong += offered > seen.get(Counter.BEGUN) || seen.get(Counter.QUEUE_FULL) > offered ? 1 : 0;
    }
    done.set(true);
    source.join();

    assertThat(wrong).isZero();
  }

  @Test
  void refusesMoreThanASlotHoldsAndStaysAsItWas() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    page.publish(Map.of("kept", 1L));
    Map<String, Long> tooMany = new TreeMap<>();
    for (long i = 0; i < 1_000; i++) {
      tooMany.put("filtered/" + "x".repeat(60) + i, i);
    }

    assertThatIllegalStateException()
        .isThrownBy(() -> page.publish(tooMany))
        .withMessageContaining("1000");
    assertThat(LedgerPage.read(file).orElseThrow().slot()).isEqualTo(Map.of("kept", 1L));
    page.publish(Map.of("kept", 2L));
    assertThat(LedgerPage.read(file).orElseThrow().slot()).isEqualTo(Map.of("kept", 2L));
  }

  @Test
  void fillsASlotToTheLastByte() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    Map<String, Long> full = Map.of("x".repeat(LedgerPage.SLOT_BYTES - 8 - 12), 1L);
    page.publish(full);
    page.publish(full);

    assertThat(LedgerPage.read(file).orElseThrow().slot()).isEqualTo(full);
    assertThatIllegalStateException()
        .isThrownBy(() -> page.publish(Map.of("x".repeat(LedgerPage.SLOT_BYTES - 8 - 11), 1L)));
  }

  @Test
  void saysNothingWhereThereIsNoPage() throws IOException {
    assertThat(LedgerPage.read(file)).isEmpty();
    Files.createDirectory(file);
    assertThat(LedgerPage.read(file)).isEmpty();
  }

  @Test
  void saysNothingOfAPageOfAnotherSize() throws IOException {
    LedgerPage.create(file, NOTHING);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

    assertThat(LedgerPage.read(file)).isEmpty();
  }

  @Test
  void saysNothingOfAPageOfAnotherLayout() throws IOException {
    LedgerPage.create(file, NOTHING);
    overwrite(0, new byte[8]);

    assertThat(LedgerPage.read(file)).isEmpty();
  }

  @Test
  void saysNothingOfAPageOfAnotherBoot() throws IOException {
    LedgerPage.create(file, NOTHING);
    overwrite(BOOT_AT, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    assertThat(LedgerPage.read(file)).isEmpty();
  }

  @Test
  void saysNothingOfGarbage() throws IOException {
    LedgerPage page = LedgerPage.create(file, NOTHING);
    page.publish(Map.of("kept", 1L));
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      byte[] garbage = new byte[LedgerPage.SLOT_BYTES];
      random.nextBytes(garbage);
      garbage[7] = 0; // a count that is not absurd at once
      overwrite(SLOTS_AT + LedgerPage.SLOT_BYTES, garbage);

      assertThat(LedgerPage.read(file)).isEmpty();
    }
  }

  private void overwrite(int at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }
}
