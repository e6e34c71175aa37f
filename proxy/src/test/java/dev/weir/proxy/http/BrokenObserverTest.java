package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Limits;
import dev.weir.http.Refusals;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An observer that fails, at whatever it is shown, costs the client and the service nothing. */
@Timeout(60)
class BrokenObserverTest {
  private static final String POST =
      "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶4¶body¶0¶Sum: 1¶¶";
  private static final String ANSWER =
      "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶4¶good¶0¶Sum: 2¶¶";
  private static final List<String> STAGES = List.of(
      "request", "requestBody", "requestEnd", "response", "responseBody", "responseEnd", "end");

  static Stream<Arguments> failures() {
    Supplier<Throwable> bug = () -> new IllegalStateException("meant to be");
    Supplier<Throwable> noMemory = () -> new OutOfMemoryError("meant to be");
    Supplier<Throwable> noPage = () -> new InternalError("meant to be"); // of a mapped file
    return STAGES.stream()
        .flatMap(
            stage -> Stream.of(bug, noMemory, noPage).map(failure -> Arguments.of(stage, failure)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void costsProductionNothing(String stage, Supplier<Throwable> failure) throws Exception {
    List<String> shown = new CopyOnWriteArrayList<>();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Limits limits = new Limits(
        100, 100, ByteRate.parse("1KB/s"), ByteSize.ofMegabytes(1), Duration.ofSeconds(10));
    try (WireService service = WireService.start(BrokenObserverTest::serve)) {
      Origin to = Origin.parse("http://127.0.0.1:" + service.address().getPort());
      ReverseProxy proxy = new ReverseProxy(
          new ReverseProxy.Setup(
              any, null, new ReverseProxy.Service(to, null, Forwarded.NONE, Silence.USUAL)),
          observer(stage, failure, shown),
          limits,
          new Refusals());
      proxy.start();
      try (Wire client = Wire.to(proxy.address())) {
        for (int i = 0; i < 2; i++) {
          assertThat(client.send(POST).readAs(ANSWER)).isEqualTo(ANSWER);
        }
      } finally {
        proxy.close();
      }
    }
    assertThat(shown).contains(stage);
    assertThat(shown.contains("failed")).isEqualTo(!List.of("request", "end").contains(stage));
    assertThat(shown)
        .filteredOn(List.of("end", "failed")::contains)
        .hasSameSizeAs(stage.equals("request") ? List.of() : List.of(1, 2));
  }

  private static Observer observer(
      String broken, Supplier<? extends Throwable> failure, List<String> shown) {
    Observer.Observation observation = (Observer.Observation) Proxy.newProxyInstance(
        Observer.class.getClassLoader(),
        new Class<?>[] {Observer.Observation.class},
        (self, method, arguments) -> {
          shown.add(method.getName());
          if (method.getName().equals(broken)) {
            throw failure.get();
          }
          return null;
        });
    return (head, peer) -> {
      shown.add("request");
      if (broken.equals("request")) {
        throw unchecked(failure.get());
      }
      return observation;
    };
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  private static void serve(Wire wire) throws IOException {
    while (true) {
      wire.readAs(POST);
      wire.send(ANSWER);
    }
  }
}
