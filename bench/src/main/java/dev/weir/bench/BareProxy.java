package dev.weir.bench;

import dev.weir.proxy.http.Forwarded;
import dev.weir.proxy.http.ReverseProxy;
import dev.weir.proxy.http.Silence;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Weir's reverse proxy with an observer that looks away: what capture is measured against. */
final class BareProxy {
  private BareProxy() {}

  /** @param args the service behind, {@code host:port} */
  public static void main(String[] args) throws IOException, InterruptedException {
    ReverseProxy.Service service = new ReverseProxy.Service(
        Origin.parse("http://" + args[0]), null, Forwarded.NONE, Silence.USUAL);
    ReverseProxy proxy = new ReverseProxy(
        new ReverseProxy.Setup(ListenAddress.parse("127.0.0.1:0").resolve(), null, service),
        (head, peer) -> null);
    proxy.start();
    System.out.println("ready listen=" + ListenAddress.of(proxy.address()));
    new CountDownLatch(1).await();
  }
}
