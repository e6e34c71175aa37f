package dev.weir.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system of a few megabytes in memory, so that a disk can really be full. Where mounting is
 * not allowed it is mounted in a name space of its own, which {@link #enter} leads into.
 */
public final class SmallDisk implements AutoCloseable {
  private static final int BLOCK = 4096;

  private final Path place;
  private final @Nullable Process keeper;

  private SmallDisk(Path place, @Nullable Process keeper) {
    this.place = place;
    this.keeper = keeper;
  }

  /** @throws IOException if this system lets nobody mount anything */
  static SmallDisk mount(Path place, int megabytes) throws IOException {
    Files.createDirectories(place);
    String[] mount = {"mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", "" + place};
    if (succeeds(mount)) {
      return new SmallDisk(place, null);
    }
    Process keeper = new ProcessBuilder(
            "unshare", "-Urm", "sh", "-c", String.join(" ", mount) + " && echo mounted && exec cat")
        .redirectErrorStream(true)
        .start();
    byte[] said = keeper.getInputStream().readNBytes("mounted".length());
    if (!new String(said, StandardCharsets.UTF_8).equals("mounted")) {
      keeper.destroyForcibly();
      throw new IOException("a full disk needs a small one, and none can be mounted here, neither"
          + " as root nor in a user name space");
    }
    return new SmallDisk(place, keeper);
  }

  private static boolean succeeds(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What stands before the command of a process that is to see the disk, bound by permissions. */
  List<String> enter() {
    List<String> words = new ArrayList<>();
    if (keeper != null) {
      words.addAll(List.of("nsenter", "-t", "" + keeper.pid(), "-U", "-m"));
      words.add("--preserve-credentials");
    }
    if (keeper != null || System.getProperty("user.name").equals("root")) {
      words.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
      words.addAll(List.of("--inh-caps", "-dac_override,-dac_read_search"));
    }
    return words;
  }

  /** Where it is for everybody else. */
  public Path seen() {
    return keeper == null ? place : Path.of("/proc/" + keeper.pid() + "/root" + place);
  }

  /** Takes all the room there is. */
  public void fill() throws IOException {
    byte[] noise = new byte[BLOCK];
    try (OutputStream out =
        Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(noise);
      }
    } catch (IOException full) {
      if (Files.size(filler()) == 0) {
        throw full;
      }
    }
  }

  /** Gives it back. */
  public void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return seen().resolve("filler");
  }

  @Override
  public void close() {
    try {
      if (keeper == null) {
        succeeds("umount", "-l", place.toString());
      } else {
        keeper.destroyForcibly();
      }
    } catch (IOException e) {
      throw new IllegalStateException(place + " cannot be unmounted", e);
    }
  }
}
