package dev.weir.e2e;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.relay.fleet.Totals;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The whole line as it runs at a user's: production, proxy, relay, player and target, each role a
 * process of its own that can be killed and started again under the same address. One thread's own.
 */
public final class Line implements AutoCloseable {
  private static final String BUCKET = "shop";
  private static final String SOURCE = "front";
  private static final Duration REST = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** The roles. */
  public enum Role {
    PROXY,
    RELAY,
    PLAYER
  }

  private final Path directory;
  private final List<String> weir;
  private final NumberedSite production = new NumberedSite();
  private final NumberedSite target = new NumberedSite();
  private final Map<Role, RoleProcess> running = new EnumMap<>(Role.class);
  private final Map<Role, List<String>> arguments = new EnumMap<>(Role.class);

  private Line(Path directory, List<String> weir) {
    this.directory = directory;
    this.weir = weir;
  }

  /** Starts all roles on free ports, which they keep. */
  public static Line start(Path directory) throws IOException {
    return start(directory, ByteSize.ofMegabytes(1024));
  }

  /**
   * Starts all roles on free ports, which they keep.
   *
   * @param spool how much the proxy's spool may hold
   */
  public static Line start(Path directory, ByteSize spool) throws IOException {
    Line line = new Line(directory, Weir.command("-Xmx256m"));
    try {
      line.begin(spool);
      return line;
    } catch (IOException | RuntimeException e) {
      line.close();
      throw e;
    }
  }

  private void begin(ByteSize spool) throws IOException {
    arguments.put(Role.RELAY, relay("127.0.0.1:0", "127.0.0.1:0"));
    start(Role.RELAY);
    arguments.put(Role.RELAY, relay(address(Role.RELAY, "listen"), address(Role.RELAY, "admin")));
    String relay = "http://" + address(Role.RELAY, "listen");
    arguments.put(
        Role.PLAYER,
        List.of(
            "player",
            "--relay",
            relay,
            "--bucket",
            BUCKET,
            "--to",
            target.url(),
            "--data",
            data(Role.PLAYER).toString()));
    start(Role.PLAYER);
    Path file = directory.resolve("proxy.yaml");
    arguments.put(Role.PROXY, List.of("proxy", "-c", file.toString()));
    Files.writeString(file, proxy("127.0.0.1:0", relay, spool));
    start(Role.PROXY);
    Files.writeString(file, proxy(address(Role.PROXY, SOURCE), relay, spool));
  }

  private List<String> relay(String listen, String admin) {
    return List.of(
        "relay",
        "--listen",
        listen,
        "--admin",
        admin,
        "--data",
        data(Role.RELAY).toString());
  }

  private String proxy(String listen, String relay, ByteSize spool) {
    return """
        data: %s
        relay: {url: %s}
        sources:
          - {type: http, name: %s, listen: "%s", to: %s, buckets: [%s]}
        buckets:
          %s: {max-bytes: %s}
        """.formatted(
        data(Role.PROXY), relay, SOURCE, listen, production.url(), BUCKET, BUCKET, spool.exact());
  }

  private static String name(Role role) {
    return role.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Where a role keeps its data. */
  public Path data(Role role) {
    return directory.resolve(name(role));
  }

  /** Starts a role that does not run; returns once it is ready. */
  public void start(Role role) throws IOException {
    Path talk = directory.resolve(name(role) + ".log");
    running.put(role, RoleProcess.start(weir, talk, Objects.requireNonNull(arguments.get(role))));
  }

  public RoleProcess process(Role role) {
    return Objects.requireNonNull(running.get(role));
  }

  private String address(Role role, String purpose) {
    return Objects.requireNonNull(
        process(role).addresses().get(purpose), () -> role + " named no address for " + purpose);
  }

  /** Where customers go: the proxy. */
  public InetSocketAddress front() {
    String address = address(Role.PROXY, SOURCE);
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  public NumberedSite production() {
    return production;
  }

  public NumberedSite target() {
    return target;
  }

  public Totals totals() throws IOException, InterruptedException {
    return new Page(address(Role.RELAY, "admin")).totals();
  }

  /**
   * Waits until the books know of all that was answered and nothing waits any more. Gives up after
   * a minute: the verdict says what is wrong then.
   */
  public void awaitRest(Traffic traffic) throws IOException, InterruptedException {
    long until = System.nanoTime() + REST.toNanos();
    Totals totals = totals();
    while ((totals.captured() < traffic.answers() || totals.waiting() > 0 || !totals.balances())
        && System.nanoTime() - until < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      totals = totals();
    }
  }

  @Override
  public void close() {
    running.values().forEach(RoleProcess::close);
    production.close();
    target.close();
  }
}
