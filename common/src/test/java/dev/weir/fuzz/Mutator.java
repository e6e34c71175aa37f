package dev.weir.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes bytes at random: one seed gives the same changes on every machine. */
final class Mutator {
  private static final int LARGEST = 64 << 10;
  private static final int MOST_CHANGES = 6;
  private static final long[] ODD = {
    0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
  };
  private static final List<String> WORDS = List.of(
      "0",
      "-1",
      "9223372036854775807",
      "1e400",
      "NaN",
      "null",
      "\r\n",
      "\r\n\r\n",
      "\n",
      ":",
      " ",
      "\"",
      "{",
      "[",
      "}",
      "]",
      "\\u0000",
      "%00",
      "chunked",
      "Content-Length: ",
      "\u00ff",
      "%",
      "${",
      "&a",
      "*a",
      "!!",
      "HTTP/1.1 ");

  private final Random random;
  private final List<byte[]> corpus;

  Mutator(long seed, List<byte[]> corpus) {
    this.random = new Random(seed);
    this.corpus = corpus;
  }

  byte[] next() {
    byte[] bytes = pick();
    for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
      bytes = changed(bytes);
    }
    return bytes.length > LARGEST ? Arrays.copyOf(bytes, LARGEST) : bytes;
  }

  private byte[] pick() {
    return corpus.get(random.nextInt(corpus.size())).clone();
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
    return switch (random.nextInt(10)) {
      case 0, 1 -> flipped(bytes);
      case 2 -> numbered(bytes, at);
      case 3 -> Arrays.copyOf(bytes, at); // cut short
      case 4 -> spliced(bytes, at, end, new byte[0]);
      case 5 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      case 6 -> repeated(bytes, at, end);
      case 7 -> {
        byte[] other = pick();
        int from = random.nextInt(other.length + 1);
        yield spliced(bytes, at, end, Arrays.copyOfRange(other, from, other.length));
      }
      case 8 -> {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        yield spliced(
            bytes, at, random.nextBoolean() ? at : end, word.getBytes(StandardCharsets.ISO_8859_1));
      }
      default -> {
        byte[] noise = new byte[random.nextInt(16)];
        random.nextBytes(noise);
        yield spliced(bytes, at, end, noise);
      }
    };
  }

  private byte[] flipped(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  /** Writes a number at the edge of some type over what is there. */
  private byte[] numbered(byte[] bytes, int at) {
    long odd = ODD[random.nextInt(ODD.length)];
    for (int i = at, shift = 56; i < bytes.length && shift >= 0; i++, shift -= 8) {
      bytes[i] = (byte) (odd >> shift);
    }
    return bytes;
  }

  private byte[] repeated(byte[] bytes, int at, int end) {
    byte[] part = Arrays.copyOfRange(bytes, at, end);
    byte[] many = new byte[part.length * (1 + random.nextInt(500))];
    for (int i = 0; i < many.length; i++) {
      many[i] = part[i % part.length];
    }
    return spliced(bytes, at, at, many);
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    byte[] whole = Arrays.copyOf(bytes, bytes.length - (to - from) + between.length);
    System.arraycopy(between, 0, whole, from, between.length);
    System.arraycopy(bytes, to, whole, from + between.length, bytes.length - to);
    return whole;
  }
}
