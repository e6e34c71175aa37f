package dev.weir.e2e;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.http.Certificates;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Sha256;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A line with TLS on every hop and certificates both ways, from files that a test may change:
 * {@code NAME.pem} and {@code NAME.key} for everybody who shows a certificate,
 * {@code everybody.pem} for whom to trust, {@code NAME.yaml} for each role.
 */
final class SecureLine implements AutoCloseable {
  private final Path folder;
  private final NumberedSite target = new NumberedSite();
  private final TlsSite production;
  private final Map<String, Certificates> shown = new TreeMap<>();
  private final Map<String, RoleProcess> running = new TreeMap<>();
  private List<String> tokens = List.of("ship-1");
  private String shipToken = "ship-1";

  SecureLine(Path folder) throws Exception {
    this.folder = folder;
    for (String name : List.of("site", "proxy", "relay", "player")) {
      renew(name);
    }
    production = new TlsSite(certificates("site").context());
    try {
      start();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Puts a new certificate where {@code name}'s is, and has everybody's trust. */
  void renew(String name) throws Exception {
    Path own = Files.createTempDirectory(folder, name);
    Certificates fresh = Certificates.make(own, "ip:127.0.0.1,dns:" + name + ".example");
    shown.put(name, fresh);
    List<String> everybody = new ArrayList<>();
    Path trusted = folder.resolve("everybody.pem");
    if (Files.exists(trusted)) {
      everybody.addAll(Files.readAllLines(trusted));
    }
    everybody.addAll(Files.readAllLines(fresh.certificate()));
    Files.write(trusted, everybody);
    Files.copy(
        fresh.certificate(), folder.resolve(name + ".pem"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(fresh.key(), folder.resolve(name + ".key"), StandardCopyOption.REPLACE_EXISTING);
  }

  Certificates certificates(String name) {
    return shown.get(name);
  }

  /** Trusts that one certificate alone. */
  SSLContext trusting(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(certificates(name).certificate())) {
      store.setCertificateEntry(
          name, CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private void start() throws IOException {
    write("127.0.0.1:0");
    role("relay");
    write(process("relay").addresses().get("listen"));
    role("player");
    role("proxy");
  }

  private void role(String name) throws IOException {
    running.put(
        name,
        RoleProcess.start(
            Weir.command("-Xmx256m"),
            folder.resolve(name + ".log"),
            List.of(name, "-c", folder.resolve(name + ".yaml").toString())));
  }

  /** Which tokens of a proxy the relay knows, and which of them the proxy shows. */
  void tokens(List<String> known, String shipped) throws IOException {
    tokens = known;
    shipToken = shipped;
    write(process("relay").addresses().get("listen"));
  }

  /** The files of all roles, alike but for tokens: nothing else changes for a role that runs. */
  private void write(String relay) throws IOException {
    StringBuilder known = new StringBuilder();
    for (String token : tokens) {
      known.append(
          "  - {name: proxy, sha256: %s, roles: ['ship:shop']}%n".formatted(Sha256.of(token)));
    }
    Files.writeString(
        folder.resolve("relay.yaml"), """
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        data: relay
        tls: {certificate: relay.pem, key: relay.key, client-ca: everybody.pem}
        tokens:
          - {name: player, sha256: %s, roles: ['replay:shop']}
          - {name: people, sha256: %s, roles: [operate]}
        %sbuckets: {shop: {}}
        """.formatted(Sha256.of("play"), Sha256.of("look"), known));
    Files.writeString(
        folder.resolve("proxy.yaml"), """
        data: proxy
        relay:
          url: https://%s
          token: %s
          tls: {ca: everybody.pem, certificate: proxy.pem, key: proxy.key, server-name: relay.example}
        sources:
          - type: http
            name: front
            listen: 127.0.0.1:0
            tls: {certificate: proxy.pem, key: proxy.key}
            to: https://127.0.0.1:%d
            to-tls: {ca: everybody.pem, server-name: site.example}
            buckets: [shop]
        buckets: {shop: {}}
        """.formatted(relay, shipToken, production.port()));
    Files.writeString(
        folder.resolve("player.yaml"), """
        data: player
        relay:
          url: https://%s
          token: play
          tls: {ca: everybody.pem, certificate: player.pem, key: player.key}
        admin:
          listen: 127.0.0.1:0
          tls: {certificate: player.pem, key: player.key}
          tokens: [{name: people, sha256: %s}]
        replays:
          - {bucket: shop, target: {type: http, to: '%s'}}
        """.formatted(relay, Sha256.of("look"), target.url()));
  }

  RoleProcess process(String name) {
    return running.get(name);
  }

  /** Where customers go. */
  InetSocketAddress front() throws IOException {
    return ListenAddress.parse(process("proxy").addresses().get("front")).resolve();
  }

  /** {@code kill -HUP}. */
  void hangUp(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-HUP", Long.toString(process(name).pid()))
        .start()
        .waitFor();
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  NumberedSite target() {
    return target;
  }

  @Override
  public void close() {
    running.values().forEach(RoleProcess::close);
    production.close();
    target.close();
  }
}
