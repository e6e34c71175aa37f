package dev.weir.relay.bucket;

import dev.weir.spool.Spool.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a capture on its arrival. */
sealed interface Ruling {
  /** Kept as these, encoded: the capture, changed or not, and its copies; never none. */
  record Kept(List<byte[]> captures) implements Ruling {
    public Kept {
      captures = List.copyOf(captures);
    }
  }

  /** No proxy captured it: a timer of the bucket's scripts made it. */
  record Emitted() implements Ruling {}

  record Filtered() implements Ruling {}

  /** The hook erred on it: nothing of it is kept. */
  record Failed() implements Ruling {}

  /** The rulings on the captures of a batch. */
  @FunctionalInterface
  interface Book {
    /** Of captures that a timer made. */
    Book EMITTED = frame -> new Emitted();

    /** Of a bucket without a hook. */
    Book AS_IT_CAME = frame -> new Kept(List.of(frame.bytes()));

    /** Null where the hook has not seen it: then it must not be kept. */
    @Nullable
    Ruling on(Frame frame);
  }
}
