package dev.weir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.ConfigLoader;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a proxy ends while requests are under way. */
@Timeout(60)
final class ProxyCloseTest {
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  @TempDir
  Path data;

  @Test
  void endsItsSourcesTogether() throws Exception {
    try (WireService service = WireService.start();
        Proxy proxy = Proxy.start(config(service.address().getPort()));
        Wire first = Wire.to(address(proxy, "first")).send(GET);
        Wire atFirst = service.accept();
        Wire second = Wire.to(address(proxy, "second")).send(GET);
        Wire atSecond = service.accept()) {
      atFirst.head();
      atSecond.head();
      List<InetSocketAddress> listeners =
          List.of(address(proxy, "first"), address(proxy, "second"));
      Thread closing = new Thread(proxy::close);
      closing.start();
      await().until(() -> listeners.stream().noneMatch(ProxyCloseTest::isServed));

      atFirst.send(OK);
      atSecond.send(OK);
      assertThat(first.head()).startsWith("HTTP/1.1 200 ");
      assertThat(second.head()).startsWith("HTTP/1.1 200 ");
      closing.join();
    }
  }

  private static boolean isServed(InetSocketAddress listener) {
    try {
      Wire.to(listener).close();
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private ProxyConfig config(int service) throws Exception {
    return ConfigLoader.elsewhere(name -> "web-1")
        .parse("""
            data: %s
            relay: {url: 'http://127.0.0.1:1'}
            sources:
              - {type: http, name: first, listen: 127.0.0.1:0, to: 'http://127.0.0.1:%d', buckets: [a]}
              - {type: http, name: second, listen: 127.0.0.1:0, to: 'http://127.0.0.1:%2$d', buckets: [a]}
            buckets: {a: {}}
            """.formatted(data, service), ProxyConfig.class);
  }

  private static InetSocketAddress address(Proxy proxy, String source) {
    URI listener = URI.create("http://" + proxy.addresses().get(source));
    return new InetSocketAddress(listener.getHost(), listener.getPort());
  }
}
