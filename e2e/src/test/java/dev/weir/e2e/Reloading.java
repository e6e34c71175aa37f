package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two ways to have a role read its scripts again. */
final class Reloading {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Reloading() {}

  /** {@code POST /v1/reload}. */
  static HttpResponse<String> byHttp(RoleProcess role) throws IOException, InterruptedException {
    URI reload = URI.create("http://" + role.addresses().get("admin") + "/v1/reload");
    return CLIENT.send(
        HttpRequest.newBuilder(reload).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  /**
   * {@code kill -HUP}; a build under {@code nohup} hands down that it is ignored, and asks by HTTP.
   */
  static void bySignal(RoleProcess role) throws IOException, InterruptedException {
    String status = Files.readString(Path.of("/proc/" + role.pid() + "/status"));
    Matcher ignored = Pattern.compile("SigIgn:\\s*([0-9a-f]+)").matcher(status);
    if (ignored.find() && (Long.parseUnsignedLong(ignored.group(1), 16) & 1) == 1) {
      byHttp(role);
      return;
    }
    assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(role.pid()))
            .start()
            .waitFor())
        .isZero();
  }
}
