package dev.weir.relay.fleet;

import dev.weir.durable.WholeFile;
import dev.weir.loop.Step;
import dev.weir.relay.fleet.Fleet.Heard;
import dev.weir.wire.Json;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's last words on disk, so that who is silent is still shown after a restart. Written
 * anew now and then, beside the old file and then over it. Its loop's thread alone.
 */
public final class FleetFile implements Step, AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(FleetFile.class);

  private final Fleet fleet;
  private final Path file;
  private long written;
  private boolean failing;

  /** JSON: {@code {"proxies": [{"atMs": …, "stopped": …, "report": …}], "players": […]}}. */
  record Content(List<Entry<ProxyReport>> proxies, List<Entry<PlayerReport>> players) {}

  /** @param atMs when it was heard, in milliseconds since 1970 */
  record Entry<T>(long atMs, boolean stopped, T report) {
    static <T> Entry<T> of(Heard<T> heard) {
      return new Entry<>(heard.at().toEpochMilli(), heard.stopped(), heard.report());
    }

    Heard<T> heard() {
      int bytes = Json.write(report).length;
      return new Heard<>(Instant.ofEpochMilli(atMs), stopped, bytes, report);
    }
  }

  public FleetFile(Fleet fleet, Path file) {
    this.fleet = fleet;
    this.file = file;
  }

  /** Has the fleet remember what the file says; a file that makes no sense is left aside. */
  public void read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return;
    }
    try {
      Content content = Json.read(bytes, Content.class);
      content.proxies().forEach(entry -> fleet.hearProxy(entry.heard()));
      content.players().forEach(entry -> fleet.hearPlayer(entry.heard()));
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} says nothing of the fleet and will be written anew: {}", file, e.getMessage());
    }
    written = fleet.changes();
  }

  @Override
  public Duration step() {
    long changes = fleet.changes();
    if (changes != written) {
      try {
        write();
        written = changes;
        failing = false;
      } catch (IOException e) {
        if (!failing) {
          LOG.warn("cannot write {}: {}; the fleet is kept in memory", file, e.getMessage());
        }
        failing = true;
      }
    }
    return EVERY;
  }

  private void write() throws IOException {
    List<Entry<ProxyReport>> proxies = fleet.proxies().stream().map(Entry::of).toList();
    List<Entry<PlayerReport>> players = fleet.players().stream().map(Entry::of).toList();
    WholeFile.write(file, Json.write(new Content(proxies, players)));
  }

  /** Writes a last time; its loop has ended. */
  @Override
  public void close() {
    step();
  }
}
