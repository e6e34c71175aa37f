package dev.weir.relay.bucket;

import dev.weir.loop.Together;
import dev.weir.unit.BucketName;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The buckets of a relay. Any thread may call. */
public final class Buckets implements Closeable {
  /** A relay has no more buckets: each has a thread and files of its own. */
  public static final int MAX = 1_000;

  private final Opener opener;
  private final boolean createOnUse;
  private final Map<BucketName, Bucket> byName = new ConcurrentSkipListMap<>();
  private boolean closed;

  /** Opens a bucket and starts it, with what it held when it was closed. */
  @FunctionalInterface
  public interface Opener {
    Bucket open(BucketName name) throws IOException;
  }

  /** @param createOnUse whether a bucket appears when it is first asked for */
  public Buckets(Opener opener, boolean createOnUse) {
    this.opener = opener;
    this.createOnUse = createOnUse;
  }

  /** The bucket of that name, opened if it is not open yet. */
  public synchronized Bucket open(BucketName name) throws IOException {
    Bucket open = byName.get(name);
    if (open != null) {
      return open;
    }
    if (closed || byName.size() >= MAX) {
      throw new IOException(
          closed ? "the relay is closing" : "the relay has " + MAX + " buckets already");
    }
    Bucket opened = opener.open(name);
    byName.put(name, opened);
    return opened;
  }

  /** The bucket of that name for somebody who uses it; null where there is none. */
  public @Nullable Bucket find(BucketName name) throws IOException {
    Bucket open = byName.get(name);
    return open == null && createOnUse ? open(name) : open;
  }

  /** The bucket of that name if it is open. */
  public @Nullable Bucket ifOpen(BucketName name) {
    return byName.get(name);
  }

  /** All buckets, by name. */
  public List<BucketView> views() {
    List<BucketView> views = new ArrayList<>();
    byName.values().forEach(bucket -> views.add(bucket.view()));
    return views;
  }

  /** Closes all of them at once, each as far as it can be. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    new Together(List.copyOf(byName.values())).close();
  }
}
