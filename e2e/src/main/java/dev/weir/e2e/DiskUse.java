package dev.weir.e2e;

import dev.weir.loop.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Watches how much a directory holds, by the length of its files, every 50 ms. */
public final class DiskUse implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(50);

  private final Path directory;
  private final Loop loop = new Loop("disk-use", this::step);
  private volatile long most;
  private volatile long samples;

  private DiskUse(Path directory) {
    this.directory = directory;
  }

  public static DiskUse watch(Path directory) {
    DiskUse watch = new DiskUse(directory);
    watch.loop.start();
    return watch;
  }

  private Duration step() {
    try (Stream<Path> files = Files.walk(directory)) {
      most = Math.max(most, files.mapToLong(DiskUse::length).sum());
      samples = samples + 1;
    } catch (IOException | UncheckedIOException e) {
      return Duration.ZERO; // a file vanished under the walk: look again
    }
    return EVERY;
  }

  private static long length(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException gone) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The most bytes that one look saw. */
  public long most() {
    return most;
  }

  /** How often it looked. */
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    loop.close();
  }
}
