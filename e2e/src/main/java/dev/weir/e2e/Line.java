package dev.weir.e2e;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Plan.Trait;
import dev.weir.e2e.net.Wire;
import dev.weir.wire.ProxyReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The whole line as it runs at a user's: production, proxy, relay, player and target, each role a
 * process of its own that can be killed and started again under the same address.
 *
 * <pre>
 *   customers ─▶ proxy ─▶ relay ◀─ player ─▶ target
 *                  └─▶ production                       each arrow a {@link Link}
 * </pre>
 *
 * <p>One thread's own.
 */
public final class Line implements AutoCloseable {
  private static final String ANY_PORT = "127.0.0.1:0";
  private static final String HEAP = "-Xmx256m";
  private static final int SMALL = 16;

  private final Path directory;
  private final Plan plan;
  private final NumberedSite production = new NumberedSite();
  private final NumberedSite target = new NumberedSite();
  private final Map<Link, Wire> wires = new EnumMap<>(Link.class);
  private final Map<Role, SmallDisk> disks = new EnumMap<>(Role.class);
  private final Map<Role, RoleProcess> running = new EnumMap<>(Role.class);
  private final List<Other> others = new ArrayList<>();
  private @Nullable Traffic last;

  private record Other(Role role, RoleProcess process) {}

  private Line(Path directory, Plan plan) {
    this.directory = directory;
    this.plan = plan;
  }

  /** Starts all roles on free ports, which they keep. */
  public static Line start(Path directory, Plan plan) throws IOException {
    Line line = new Line(directory, plan);
    try {
      line.begin();
      return line;
    } catch (IOException | RuntimeException e) {
      line.close();
      throw e;
    }
  }

  private void begin() throws IOException {
    if (plan.has(Trait.SMALL_DISKS)) {
      for (Role role : List.of(Role.PROXY, Role.RELAY)) {
        disks.put(role, SmallDisk.mount(data(role), SMALL));
      }
    }
    begin(Role.RELAY);
    lay(Link.PROXY_RELAY, listening(Role.RELAY));
    lay(Link.PLAYER_RELAY, listening(Role.RELAY));
    lay(Link.PROXY_SITE, production.address());
    lay(Link.PLAYER_TARGET, target.address());
    begin(Role.PLAYER);
    begin(Role.PROXY);
    lay(Link.CLIENT_PROXY, listening(Role.PROXY));
  }

  private void lay(Link link, InetSocketAddress to) throws IOException {
    if (plan.has(Trait.WIRES)) {
      wires.put(link, Wire.to(to));
    }
  }

  private void begin(Role role) throws IOException {
    configure(role, role.toString(), data(role), ANY_PORT, ANY_PORT);
    start(role);
    configure(role, role.toString(), data(role), listen(role), admin(process(role)));
  }

  private void configure(Role role, String name, Path data, String listen, String admin)
      throws IOException {
    Files.writeString(
        directory.resolve(name + ".yaml"),
        switch (role) {
          case RELAY -> Settings.relay(data, listen, admin, plan.bucket());
          case PROXY ->
            Settings.proxy(data, listen, admin, url(Link.PROXY_RELAY), source(), plan.spool());
          case PLAYER ->
            Settings.player(
                data,
                admin,
                url(Link.PLAYER_RELAY),
                url(Link.PLAYER_TARGET),
                plan.timeout(),
                plan.has(Trait.LINES));
        });
  }

  private String source() {
    return plan.has(Trait.SUBMISSIONS)
        ? "ingest, answer: {status: 200}"
        : "http, to: " + url(Link.PROXY_SITE);
  }

  /** Where to dial for what is at the other end of a link. */
  private InetSocketAddress beginning(Link link) {
    Wire wire = wires.get(link);
    if (wire != null) {
      return wire.address();
    }
    return switch (link) {
      case CLIENT_PROXY -> listening(Role.PROXY);
      case PROXY_SITE -> production.address();
      case PROXY_RELAY, PLAYER_RELAY -> listening(Role.RELAY);
      case PLAYER_TARGET -> target.address();
    };
  }

  /** The same as a URL. */
  public String url(Link link) {
    return "http://127.0.0.1:" + beginning(link).getPort();
  }

  private String listen(Role role) {
    return switch (role) {
      case PROXY -> address(process(role), Settings.SOURCE);
      case RELAY -> address(process(role), "listen");
      case PLAYER -> ANY_PORT; // nobody calls it
    };
  }

  private InetSocketAddress listening(Role role) {
    String address = listen(role);
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private static String admin(RoleProcess process) {
    return address(process, "admin");
  }

  private static String address(RoleProcess process, String purpose) {
    return Objects.requireNonNull(
        process.addresses().get(purpose), () -> "no address for " + purpose);
  }

  /** Where a role keeps its data. */
  public Path data(Role role) {
    return directory.resolve(role.toString());
  }

  /** The same for this process: on a small disk it may lie elsewhere. */
  public Path seen(Role role) {
    SmallDisk disk = disks.get(role);
    return disk == null ? data(role) : disk.seen();
  }

  /** The disk of a role, on a line with small ones. */
  public SmallDisk disk(Role role) {
    return Objects.requireNonNull(disks.get(role), "the line has no small disks");
  }

  /** What a role said on standard error, over all its starts. */
  public Path log(Role role) {
    return directory.resolve(role + ".log");
  }

  /** How wrong a role's clock is; on a line whose clocks can be set. */
  public void setClock(Role role, Duration error) throws IOException {
    Path fresh = directory.resolve("fresh.clock");
    Files.writeString(fresh, error.toString());
    Files.move(fresh, clock(role.toString()), StandardCopyOption.ATOMIC_MOVE); // never half of it
  }

  private Path clock(String name) {
    return directory.resolve(name + ".clock");
  }

  /**
   * Starts a role that does not run; returns once it is ready.
   *
   * @param java further options for its Java, this time
   */
  public void start(Role role, String... java) throws IOException {
    running.put(role, launch(role, role.toString(), java));
  }

  /**
   * Starts one more of a role, on data of its own. The line ends it, if nobody else does.
   *
   * @param data its folder may exist, and hold something; its name is the role's
   */
  public RoleProcess startAnother(Role role, Path data) throws IOException {
    String name = data.getFileName().toString();
    configure(role, name, data, ANY_PORT, ANY_PORT);
    RoleProcess process = launch(role, name);
    others.add(new Other(role, process));
    return process;
  }

  private RoleProcess launch(Role role, String name, String... options) throws IOException {
    List<String> java = new ArrayList<>(List.of(HEAP));
    java.addAll(Weir.shortLived());
    java.addAll(List.of(options));
    if (plan.has(Trait.CLOCKS)) {
      java.add("-Dweir.clock=" + clock(name));
    }
    SmallDisk disk = disks.get(role);
    List<String> command = disk == null ? new ArrayList<>() : disk.enter();
    command.addAll(Weir.command(java.toArray(String[]::new)));
    Path file = directory.resolve(name + ".yaml");
    return RoleProcess.start(
        command, directory.resolve(name + ".log"), List.of(role.toString(), "-c", file.toString()));
  }

  public RoleProcess process(Role role) {
    return Objects.requireNonNull(running.get(role));
  }

  /** The wire of a link, on a line that was laid with wires. */
  public Wire wire(Link link) {
    return Objects.requireNonNull(wires.get(link), "the line has no wires");
  }

  /** Where customers go: the proxy. */
  public InetSocketAddress front() {
    return beginning(Link.CLIENT_PROXY);
  }

  public NumberedSite production() {
    return production;
  }

  public NumberedSite target() {
    return target;
  }

  /**
   * Customers with numbers that this line has not seen yet. Those before them are over, and what
   * they sent is at rest.
   */
  public Traffic traffic(Traffic.Load load) {
    long first = last == null ? 0 : last.next();
    production.expect(first);
    target.expect(first);
    last = new Traffic(front(), load, first);
    return last;
  }

  /** What all pages say, of all roles that run. */
  public Books books() throws IOException, InterruptedException {
    List<ProxyReport> proxies = new ArrayList<>(List.of(page(Role.PROXY).proxy()));
    for (Other other : others) {
      if (other.process().isAlive() && other.role() == Role.PROXY) {
        proxies.add(page(other.process()).proxy());
      }
    }
    return new Books(page(Role.RELAY).totals(), page(Role.RELAY).shown(), proxies);
  }

  /** The page of one role. */
  public Page page(Role role) {
    return new Page(admin(process(role)));
  }

  /** The page of one more of a role. */
  public static Page page(RoleProcess another) {
    return new Page(admin(another));
  }

  @Override
  public void close() {
    running.values().forEach(RoleProcess::close);
    others.forEach(other -> other.process().close());
    wires.values().forEach(Wire::close);
    disks.values().forEach(SmallDisk::close);
    production.close();
    target.close();
  }
}
