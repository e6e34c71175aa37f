package dev.weir.e2e.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** What may happen to a segment's file. */
public enum Damage {
  ZERO_LENGTH {
    @Override
    void strike(Path segment) throws IOException {
      Files.write(segment, new byte[0]);
    }
  },
  CUT {
    @Override
    void strike(Path segment) throws IOException {
      try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
        file.truncate(file.size() / 2 + 1);
      }
    }
  },
  GARBAGE_HEADER {
    @Override
    void strike(Path segment) throws IOException {
      garble(segment, 0, 100);
    }
  },
  GARBAGE_PAGE {
    @Override
    void strike(Path segment) throws IOException {
      garble(segment, Files.size(segment) / 2 & -PAGE, PAGE);
    }
  },
  FLIPPED_LOG_BIT {
    @Override
    void strike(Path segment) throws IOException {
      Path log = segment.resolveSibling(segment.getFileName() + "-wal");
      try (FileChannel file =
          FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long at = file.size() / 2;
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, at);
        one.put(0, (byte) (one.get(0) ^ 1)).flip();
        file.write(one, at);
      }
    }
  };

  private static final int PAGE = 4096;

  abstract void strike(Path segment) throws IOException;

  private static void garble(Path file, long at, int length) throws IOException {
    byte[] garbage = new byte[length];
    Arrays.fill(garbage, (byte) 0xa5);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(garbage), at);
    }
  }

  /** One that is written, with its log: nothing tells any more what was in it. */
  static void destroy(Path segment) throws IOException {
    GARBAGE_HEADER.strike(segment);
    Files.deleteIfExists(segment.resolveSibling(segment.getFileName() + "-wal"));
  }

  /** Two segments change places. */
  static void swap(Path one, Path other) throws IOException {
    Path aside = one.resolveSibling("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
  }
}
