package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.Captures;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import okio.Buffer;
import org.junit.jupiter.api.Test;

class BatchCodecTest {
  private static final RunId RUN = new RunId("0123456789abcdef0123456789abcdef");
  private static final List<Entry> SHIPPED = List.of(
      new Frame(7, CaptureCodec.encode(Captures.get("/a"))),
      new Gap(8, 12, LossReason.EVICTED),
      new Frame(13, CaptureCodec.encode(Captures.post("/b", "x"))));
  private static final List<LeasedCapture> LEASED = List.of(
      new LeasedCapture(41, new CaptureId(RUN, 7), 1, CaptureCodec.encode(Captures.get("/a"))),
      new LeasedCapture(42, new CaptureId(RUN, 7, 2), 3, CaptureCodec.encode(Captures.get("/b"))));

  @Test
  void readsBackWhatIsShipped() throws Exception {
    assertThat(BatchCodec.decodeShipped(BatchCodec.encodeShipped(SHIPPED)))
        .usingRecursiveComparison()
        .isEqualTo(SHIPPED);
  }

  @Test
  void readsBackWhatIsLeased() throws Exception {
    assertThat(BatchCodec.decodeLeased(BatchCodec.encodeLeased(LEASED)))
        .usingRecursiveComparison()
        .isEqualTo(LEASED);
  }

  @Test
  void writesTheBytesOfTheFixtures() throws Exception {
    assertThat(BatchCodec.encodeShipped(SHIPPED)).isEqualTo(fixture("shipped.cborseq"));
    assertThat(BatchCodec.encodeLeased(LEASED)).isEqualTo(fixture("leased.cborseq"));
  }

  @Test
  void anEmptyBatchIsNoBytes() throws Exception {
    assertThat(BatchCodec.encodeShipped(List.of())).isEmpty();
    assertThat(BatchCodec.decodeShipped(new byte[0])).isEmpty();
  }

  @Test
  void refusesNumbersThatDoNotFollow() {
    byte[] bytes =
        BatchCodec.encodeShipped(List.of(new Frame(1, new byte[1]), new Frame(3, new byte[1])));
    assertThatThrownBy(() -> BatchCodec.decodeShipped(bytes))
        .hasMessageContaining("number 3 follows number 1 at byte");
  }

  @Test
  void refusesGapsThatEndBeforeTheyBegin() {
    byte[] bytes = BatchCodec.encodeShipped(List.of(new Gap(5, 4, LossReason.CRASH)));
    assertThatThrownBy(() -> BatchCodec.decodeShipped(bytes))
        .hasMessageContaining("a gap from 5 through 4");
  }

  @Test
  void refusesNumbersBelowOne() {
    byte[] bytes = BatchCodec.encodeShipped(List.of(new Frame(0, new byte[1])));
    assertThatThrownBy(() -> BatchCodec.decodeShipped(bytes))
        .hasMessageContaining("number 0 is below 1");
  }

  @Test
  void takesAReasonThatItDoesNotKnowAsUnknown() throws Exception {
    byte[] bytes = BatchCodec.encodeShipped(List.of(new Gap(5, 6, LossReason.EVICTED)));
    bytes[bytes.length - 2] = 'x'; // the last letter of "evicted", before the map's end
    assertThat(BatchCodec.decodeShipped(bytes)).containsExactly(new Gap(5, 6, LossReason.UNKNOWN));
  }

  @Test
  void neverCrashesOnDamage() {
    Random random = new Random(7);
    byte[] shipped = BatchCodec.encodeShipped(SHIPPED);
    byte[] leased = BatchCodec.encodeLeased(LEASED);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      try {
        BatchCodec.decodeShipped(damaged(shipped, random));
        BatchCodec.decodeLeased(damaged(leased, random));
      } catch (MalformedException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void inflatesWhatItCompressed() throws Exception {
    byte[] bytes = BatchCodec.encodeShipped(SHIPPED);
    assertThat(Zstd.decompress(Zstd.compress(bytes), ByteSize.ofMegabytes(1))).isEqualTo(bytes);
  }

  @Test
  void packsBatchAfterBatchOfAnySize() throws MalformedException {
    Zstd.Packer packer = new Zstd.Packer();
    for (int size : List.of(3_000_000, 0, 1, 64 << 10, (64 << 10) + 1, 200_000)) {
      byte[] bytes = new byte[size];
      new Random(size).nextBytes(bytes);
      byte[] packed = packer.pack(new Buffer().write(bytes)).readByteArray();
      assertThat(Zstd.inflatedSize(packed)).isEqualTo(size);
      assertThat(Zstd.decompress(packed, ByteSize.ofMegabytes(4))).isEqualTo(bytes);
    }
  }

  @Test
  void packsForSeveralThreadsAtOnce() throws Exception {
    Zstd.Packer packer = new Zstd.Packer();
    Callable<Integer> shipper = () -> {
      byte[] bytes = new byte[300_000];
      int whole = 0;
      for (int round = 0; round < 50; round++) {
        new Random(System.nanoTime()).nextBytes(bytes);
        byte[] packed = packer.pack(new Buffer().write(bytes)).readByteArray();
        whole += Arrays.equals(Zstd.decompress(packed, ByteSize.ofMegabytes(1)), bytes) ? 1 : 0;
      }
      return whole;
    };
    ExecutorService buckets = Executors.newFixedThreadPool(2);
    try {
      for (Future<Integer> whole : buckets.invokeAll(List.of(shipper, shipper))) {
        assertThat(whole.get()).isEqualTo(50);
      }
    } finally {
      buckets.shutdownNow();
    }
  }

  @Test
  void refusesABombBeforeInflatingIt() {
    byte[] bomb = Zstd.compress(new byte[8 << 20]);
    assertThat(bomb.length).isLessThan(4_096);
    assertThatThrownBy(() -> Zstd.decompress(bomb, ByteSize.ofMegabytes(1)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("inflates to 8.0 MB, more than the limit of 1.0 MB");
  }

  @Test
  void refusesWhatIsNotZstd() {
    assertThatThrownBy(() -> Zstd.decompress(
            "hello, world".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            ByteSize.ofMegabytes(1)))
        .isInstanceOf(MalformedException.class);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    return damaged;
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(
        BatchCodecTest.class.getResourceAsStream("/fixtures/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
