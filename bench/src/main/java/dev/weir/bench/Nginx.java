package dev.weir.bench;

import dev.weir.unit.ListenAddress;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One nginx with a configuration of its own, told to be as fast as it can: a worker for each
 * processor, each with its own accept queue, no log, connections that are kept.
 */
final class Nginx implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int KILOBYTE = 1024;

  private static final String FRAME = """
      daemon off;
      %1$s
      worker_processes auto;
      worker_rlimit_nofile 20000;
      pid %2$s/nginx.pid;
      error_log %2$s/error.log crit;
      events { worker_connections 8192; }
      http {
        access_log off;
        default_type text/plain;
        keepalive_requests 1000000000;
        keepalive_timeout 300s;
        client_body_buffer_size 16k;
        client_body_temp_path %2$s/body;
        proxy_temp_path %2$s/proxy;
        fastcgi_temp_path %2$s/fastcgi;
        uwsgi_temp_path %2$s/uwsgi;
        scgi_temp_path %2$s/scgi;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        %3$s
        server {
          listen %4$s backlog=4096 reuseport;
          %5$s
        }
      }
      """;

  private static final String UPSTREAM = """
      upstream %s { server %s; keepalive 256; keepalive_requests 1000000000; }
      """;

  private final Process process;
  private final String address;

  private Nginx(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Answers every request at once, with 1 KB. */
  static Nginx site(Path directory) throws IOException, InterruptedException {
    return start(directory, "", "location / { return 200 \"" + "w".repeat(KILOBYTE) + "\"; }");
  }

  /** Answers every request at once, with nothing: the least that can be had behind a mirror. */
  static Nginx sink(Path directory) throws IOException, InterruptedException {
    return start(directory, "", "location / { return 200; }");
  }

  /** Passes every request on. */
  static Nginx proxy(Path directory, String site) throws IOException, InterruptedException {
    return start(
        directory, UPSTREAM.formatted("site", site), "location / { proxy_pass http://site; }");
  }

  /** Passes every request on, and a copy of each to somebody else. */
  static Nginx mirror(Path directory, String site, String copies)
      throws IOException, InterruptedException {
    return start(
        directory, UPSTREAM.formatted("site", site) + UPSTREAM.formatted("copies", copies), """
        location / { mirror /copy; proxy_pass http://site; }
        location = /copy { internal; proxy_pass http://copies$request_uri; }
        """);
  }

  private static Nginx start(Path directory, String upstreams, String server)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    String address = freeAddress();
    Path config = directory.resolve("nginx.conf");
    // started by root, its workers would be nobody, who may not write here
    String user = System.getProperty("user.name", "").equals("root") ? "user root;" : "";
    Files.writeString(config, FRAME.formatted(user, directory, upstreams, address, server));
    Process process = new ProcessBuilder(
            "nginx", "-p", directory.toString(), "-c", config.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("nginx.log").toFile())
        .redirectInput(new File("/dev/null"))
        .start();
    Nginx nginx = new Nginx(process, address);
    nginx.awaitReady(directory);
    return nginx;
  }

  private void awaitReady(Path directory) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - until > 0) {
        close();
        throw new IOException("nginx did not become ready on " + address + ": "
            + Files.readString(directory.resolve("nginx.log")));
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(ListenAddress.parse(address).resolve());
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Nobody listens there, and somebody may. */
  static String freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  String address() {
    return address;
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  /** Ends it and waits. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
