package dev.weir.proxy.ledger;

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
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A few kilobytes of shared memory that outlive the process: what it had taken on and what it had
 * decided when it was killed. Stores into it are plain memory writes; it lies in memory-backed
 * storage, because a page of a disk's file system can block its writer, and here the writer is
 * production's thread.
 *
 * <pre>
 * word 0        magic and layout version
 * word 1        which slot is valid: 0 or 1; its write publishes the slot
 * words 8 …     one word for each {@link Counter}: any thread, atomic adds
 * slot 0, 1     count, then entries of { value, name length, name }: the pipeline's thread alone
 * </pre>
 */
final class LedgerPage {
  /**
   * What one slot can hold; counters beyond it are an error of the program: every name is bounded
   * by configuration.
   */
  static final int SLOT_BYTES = 56 << 10;

  private static final long MAGIC = 0x57454952_00000001L; // "WEIR", layout 1
  private static final int VALID_AT = 8;
  private static final int COUNTERS_AT = 64;
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
    if (bytes.getLong(0) != MAGIC) {
      return Optional.empty();
    }
    Map<Counter, Long> counters = new TreeMap<>();
    for (Counter counter : Counter.values()) {
      counters.put(counter, bytes.getLong(at(counter)));
    }
    return Optional.of(new Remains(counters, readSlot(bytes, (int) (bytes.getLong(VALID_AT) & 1))));
  }

  private static Map<String, Long> readSlot(ByteBuffer bytes, int slot) {
    Map<String, Long> values = new TreeMap<>();
    bytes.position(SLOTS_AT + slot * SLOT_BYTES);
    long count = bytes.getLong();
    for (long i = 0; i < count; i++) {
      long value = bytes.getLong();
      byte[] name = new byte[bytes.getInt()];
      bytes.get(name);
      values.put(new String(name, StandardCharsets.UTF_8), value);
    }
    return values;
  }

  /** Makes the page anew with these values; what stood there is replaced in one rename. */
  static LedgerPage create(Path file, Remains initial) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
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
      WORD.setVolatile(memory, 0, MAGIC);
      Files.move(
          fresh,
          file,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      return page;
    }
  }

  /** One atomic add; any thread. */
  void add(Counter counter) {
    WORD.getAndAdd(memory, at(counter), 1L);
  }

  long get(Counter counter) {
    return (long) WORD.getVolatile(memory, at(counter));
  }

  /** Replaces the pipeline's values, all or none. Its thread alone. */
  void publish(Map<String, Long> values) {
    int end = SLOTS_AT + (writable + 1) * SLOT_BYTES;
    memory.position(SLOTS_AT + writable * SLOT_BYTES);
    memory.putLong(values.size());
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
      if (memory.position() + 12 + name.length > end) {
        throw new IllegalStateException("more counters than a ledger page holds: " + values.size());
      }
      memory.putLong(entry.getValue()).putInt(name.length).put(name);
    }
    WORD.setRelease(memory, VALID_AT, (long) writable);
    writable = 1 - writable;
  }

  private static int at(Counter counter) {
    return COUNTERS_AT + 8 * counter.word();
  }
}
