package dev.weir.http;

import dev.weir.config.ClientTls;
import dev.weir.config.ServerTls;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a role, which can be read again while it serves: what was opened through this
 * uses the new ones for new connections. Thread-safe.
 */
public final class TlsFiles {
  private final List<Opened> opened = new ArrayList<>();

  /** Reads the files of one context anew. */
  @FunctionalInterface
  private interface Reading {
    SSLContext read() throws IOException;
  }

  private record Opened(RenewableContext context, Reading files) {}

  /** @throws IOException if a file cannot be read or does not hold what it should */
  public Tls.Server server(ServerTls config) throws IOException {
    Tls.Server first = Tls.server(config);
    SSLContext context = renewable(first.context(), () -> Tls.server(config).context());
    return new Tls.Server(context, first.asksClients());
  }

  /**
   * @param config null: trust what the JVM trusts, show no certificate
   * @throws IOException if a file cannot be read or does not hold what it should
   */
  public Tls.Client client(@Nullable ClientTls config) throws IOException {
    Tls.Client first = Tls.client(config);
    if (config == null) {
      return first; // of no file
    }
    SSLContext context = renewable(first.context(), () -> Tls.client(config).context());
    return new Tls.Client(context, first.trustManager(), first.serverName());
  }

  /** What is wrong with the files that a configuration names, wherever in it. */
  public static List<String> check(Record config) {
    List<String> wrong = new ArrayList<>();
    check(config, wrong);
    return wrong;
  }

  private static void check(@Nullable Object value, List<String> wrong) {
    try {
      if (value instanceof ServerTls server) {
        Tls.server(server);
      } else if (value instanceof ClientTls client) {
        Tls.client(client);
      } else if (value instanceof Iterable<?> list && !(value instanceof Path)) {
        list.forEach(each -> check(each, wrong));
      } else if (value instanceof Map<?, ?> map) {
        map.values().forEach(each -> check(each, wrong));
      } else if (value instanceof Record) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
          component.getAccessor().setAccessible(true); // a record may be its package's own
          check(component.getAccessor().invoke(value), wrong);
        }
      }
    } catch (IOException e) {
      wrong.add(String.valueOf(e.getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(value + " cannot be read", e);
    }
  }

  private synchronized SSLContext renewable(SSLContext first, Reading files) {
    RenewableContext context = new RenewableContext(first);
    opened.add(new Opened(context, files));
    return context;
  }

  /**
   * Reads all files again; what is wrong with them. Files that belong together change together, or
   * stay as they were.
   */
  public synchronized List<String> reload() {
    List<String> wrong = new ArrayList<>();
    for (Opened each : opened) {
      try {
        each.context().renew(each.files().read());
      } catch (IOException e) {
        wrong.add(String.valueOf(e.getMessage()));
      }
    }
    return wrong;
  }
}
