package dev.weir.proxy.ledger;

import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A few kilobytes of shared memory that outlive the process: what it had taken on and what it had
 * decided when it was killed. Stores into it are plain memory writes; it lies in memory-backed
 * storage, because a page of a disk's file system can block its writer, and here the writer is
 * production's thread.
 *
 * <pre>
 * word 0        magic and layout version
 * word 1        which slot is valid: 0 or 1; its write publishes the slot
 * word 2        the boot of the machine: after another one a page is worth nothing, as a disk may
 *               have kept half of it
 * words 8 …     one word for each {@link Counter}: any thread, atomic adds
 * slot 0, 1     count, then entries of { value, name length, name }: the pipeline's thread alone
 * </pre>
 */
final class LedgerPage {
  /** What one slot can hold: the names that hooks give, and those of about 200 buckets. */
  static final int SLOT_BYTES = 56 << 10;

  private static final long MAGIC = 0x57454952_00000001L; // "WEIR", layout 1
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int VALID_AT = 8;
  private static final int BOOT_AT = 16;
  private static final int COUNTERS_AT = 64;
  private static final int ENTRY_HEAD = 12;
  private static final int SLOTS_AT = 1 << 10;
  private static final int SIZE = SLOTS_AT + 2 * SLOT_BYTES;
  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final MappedByteBuffer memory;
  private int writable;

  private LedgerPage(MappedByteBuffer memory, int writable) {
    this.memory = memory;
    this.writable = writable;
  }

  /** What a page held when its process ended. */
  record Remains(Map<Counter, Long> counters, Map<String, Long> slot) {}

  /** What the page at {@code file} says; empty where there is none, or one that is not whole. */
  static Optional<Remains> read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != SIZE) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    if (bytes.getLong(0) != MAGIC || bytes.getLong(BOOT_AT) != boot()) {
      return Optional.empty();
    }
    Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    for (Counter counter : Counter.values()) {
      counters.put(counter, bytes.getLong(at(counter)));
    }
    int slot = (int) (bytes.getLong(VALID_AT) & 1);
    return readSlot(bytes.slice(SLOTS_AT + slot * SLOT_BYTES, SLOT_BYTES))
        .map(values -> new Remains(counters, values));
  }

  private static Optional<Map<String, Long>> readSlot(ByteBuffer slice) {
    ByteBuffer bytes = slice.order(ByteOrder.nativeOrder());
    Map<String, Long> values = new TreeMap<>();
    long count = bytes.getLong();
    for (long i = 0; i != count; i++) {
      if (bytes.remaining() < ENTRY_HEAD) {
        return Optional.empty();
      }
      long value = bytes.getLong();
      int length = bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        return Optional.empty();
      }
      byte[] name = new byte[length];
      bytes.get(name);
      values.put(new String(name, StandardCharsets.UTF_8), value);
    }
    return Optional.of(values);
  }

  /** Which boot of the machine this is; 0 where the system does not tell. */
  private static long boot() {
    try {
      return UUID.fromString(Files.readString(BOOT_ID).strip()).getMostSignificantBits();
    } catch (IOException | IllegalArgumentException e) {
      return 0; // only Linux tells
    }
  }

  /** Makes the page anew with these values; what stood there is replaced in one rename. */
  static LedgerPage create(Path file, Remains initial) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    CrashPoint.LEDGER_PAGE_CLEARED.reach();
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // real zeros first: a store into a hole of a full memory file system would kill the process
      ByteBuffer zeros = ByteBuffer.allocate(SIZE);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
      memory.order(ByteOrder.nativeOrder());
      LedgerPage page = new LedgerPage(memory, 0);
      initial.counters().forEach((counter, value) -> WORD.setVolatile(memory, at(counter), value));
      page.publish(initial.slot());
      WORD.setVolatile(memory, BOOT_AT, boot());
      WORD.setVolatile(memory, 0, MAGIC);
      CrashPoint.LEDGER_PAGE_WRITTEN.reach();
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      CrashPoint.LEDGER_PAGE_NAMED.reach();
      return page;
    } finally {
      Files.deleteIfExists(fresh);
      CrashPoint.LEDGER_PAGE_CLEARED.reach();
    }
  }

  /** One atomic add; any thread. */
  void add(Counter counter) {
    WORD.getAndAdd(memory, at(counter), 1L);
  }

  /**
   * All counters; any thread. A part is read before its whole, so that what happens meanwhile never
   * makes a part the larger.
   */
  Map<Counter, Long> counters() {
    Counter[] all = Counter.values();
    Map<Counter, Long> values = new EnumMap<>(Counter.class);
    for (int i = all.length - 1; i >= 0; i--) {
      values.put(all[i], (long) WORD.getVolatile(memory, at(all[i])));
    }
    return values;
  }

  /**
   * Replaces the pipeline's values, all or none. Its thread alone.
   *
   * @throws IllegalStateException if they are more than a slot holds; the page stays as it was
   */
  void publish(Map<String, Long> values) {
    int end = SLOTS_AT + (writable + 1) * SLOT_BYTES;
    memory.position(SLOTS_AT + writable * SLOT_BYTES);
    memory.putLong(values.size());
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
      if (memory.position() + ENTRY_HEAD + name.length > end) {
        throw new IllegalStateException("more counters than a ledger page holds: " + values.size());
      }
      memory.putLong(entry.getValue()).putInt(name.length).put(name);
    }
    CrashPoint.LEDGER_SLOT_WRITTEN.reach();
    WORD.setRelease(memory, VALID_AT, (long) writable);
    CrashPoint.LEDGER_PUBLISHED.reach();
    writable = 1 - writable;
  }

  private static int at(Counter counter) {
    return COUNTERS_AT + 8 * counter.word();
  }
}
