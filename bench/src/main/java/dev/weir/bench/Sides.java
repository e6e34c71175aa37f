package dev.weir.bench;

import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the sides that are compared, all in front of one site: an nginx that answers every request
 * with 1 KB. Everything runs on this machine and shares its processors with the load generator.
 */
final class Sides {
  static final String BUCKET = "bench";

  private final Workbench bench;
  private final Nginx site;
  private int folders;

  private Sides(Workbench bench, Nginx site) {
    this.bench = bench;
    this.site = site;
  }

  static Sides on(Workbench bench) throws IOException, InterruptedException {
    return new Sides(bench, bench.add(Nginx.site(bench.folder("site"))));
  }

  Side direct() {
    return new Side("direct", site.address(), List.of(), List.of());
  }

  Side nginx() throws IOException, InterruptedException {
    Nginx proxy = bench.add(Nginx.proxy(folder(), site.address()));
    return new Side("nginx", proxy.address(), List.of(proxy.process()), List.of());
  }

  /** nginx with {@code mirror} to a second nginx that answers at once. */
  Side nginxMirror(Nginx copies) throws IOException, InterruptedException {
    return nginxMirror("nginx with mirror", copies.address(), List.of(copies.process()));
  }

  /** @param copies where the mirrored requests go */
  Side nginxMirror(String name, String copies, List<ProcessHandle> behind)
      throws IOException, InterruptedException {
    Nginx proxy = bench.add(Nginx.mirror(folder(), site.address(), copies));
    return new Side(name, proxy.address(), List.of(proxy.process()), behind);
  }

  /** The least that can be had behind a mirror. */
  Nginx sink() throws IOException, InterruptedException {
    return bench.add(Nginx.sink(folder()));
  }

  /** Weir's reverse proxy alone: nobody looks at what passes. */
  Side weirWithoutCapture() throws IOException {
    RoleProcess proxy = bench.main(BareProxy.class, List.of(site.address()));
    return side("Weir without capture", proxy, List.of());
  }

  RoleProcess relay() throws IOException {
    return bench.role("relay", """
        name: bench
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        data: %s
        buckets:
          %s: {max-bytes: 16GB}
        """.formatted(folder(), BUCKET));
  }

  /** Weir as it is used: each capture is committed to disk and shipped to that relay. */
  Side weir(RoleProcess relay) throws IOException {
    return weir(
        "Weir with capture",
        Workbench.address(relay, "listen"),
        List.of(Workbench.handle(relay)),
        List.of());
  }

  /**
   * @param relay where it ships to
   * @param scripts hooks to run on each capture
   */
  Side weir(String name, String relay, List<ProcessHandle> behind, List<Path> scripts)
      throws IOException {
    RoleProcess proxy = bench.role(
        "proxy", """
        name: bench
        data: %s
        relay: {url: "http://%s"}
        sources:
          - {type: http, name: listen, listen: "127.0.0.1:0", to: "http://%s", buckets: [%s], scripts: %s}
        buckets:
          %s: {max-bytes: 8GB}
        """.formatted(folder(), relay, site.address(), BUCKET, scripts, BUCKET));
    return side(name, proxy, behind);
  }

  private static Side side(String name, RoleProcess proxy, List<ProcessHandle> behind) {
    return new Side(
        name, Workbench.address(proxy, "listen"), List.of(Workbench.handle(proxy)), behind);
  }

  /** A folder of its own for each. */
  Path folder() {
    return bench.folder("data-" + ++folders);
  }
}
