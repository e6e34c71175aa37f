package dev.weir.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7070, 127.0.0.1, 7070, true",
    "localhost:0, localhost, 0, true",
    "[::1]:80, ::1, 80, true",
    "127.9.9.9:1, 127.9.9.9, 1, true",
    ":8080, '', 8080, false",
    "0.0.0.0:8080, 0.0.0.0, 8080, false",
    "[::]:65535, ::, 65535, false",
    "tailscale0:1, tailscale0, 1, false",
    "127.example.com:1, 127.example.com, 1, false",
  })
  void readsAListener(String text, String host, int port, boolean loopback) {
    ListenAddress address = ListenAddress.parse(text);
    assertThat(address).isEqualTo(new ListenAddress(host, port)).hasToString(text);
    assertThat(address.isLoopback()).isEqualTo(loopback);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "80", "localhost", "a:b", "a:65536", "a:-1", "::1:80", "a b:80", "http://a:80"
      })
  void refusesWhatIsNotAListener(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "a:80, a:80, true",
    "a:80, A:80, true",
    "a:80, b:80, false",
    "a:80, :80, true",
    "0.0.0.0:80, a:80, true",
    "a:80, a:81, false",
    "a:0, a:0, false",
  })
  void knowsWhenTwoListenersClash(String one, String other, boolean clash) {
    assertThat(ListenAddress.parse(one).clashesWith(ListenAddress.parse(other))).isEqualTo(clash);
    assertThat(ListenAddress.parse(other).clashesWith(ListenAddress.parse(one))).isEqualTo(clash);
  }

  @Test
  void bindsToAddressesAndInterfaces() throws UnknownHostException {
    assertThat(ListenAddress.parse("127.0.0.1:80").resolve().getAddress())
        .isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(ListenAddress.parse(":80").resolve().getAddress().isAnyLocalAddress())
        .isTrue();
    assertThat(ListenAddress.parse("lo:80").resolve().getAddress().isLoopbackAddress())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "http://a, http, a, 80, http://a",
    "https://a, https, a, 443, https://a",
    "HTTP://a:3000/, http, a, 3000, http://a:3000",
    "https://[::1]:8443, https, ::1, 8443, https://[::1]:8443",
  })
  void readsASite(String text, String scheme, String host, int port, String shown) {
    assertThat(Origin.parse(text)).isEqualTo(new Origin(scheme, host, port)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a:80", "ftp://a", "http://", "http://:80", "http://a:0", "http://a b"})
  void refusesWhatIsNotASite(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Origin.parse(text));
  }

  @Test
  void saysWhatToWriteInsteadOfAPath() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Origin.parse("http://a:80/b/c"))
        .withMessage("\"http://a:80/b/c\" has a path: write only http://a:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://me:s3cret@a", "http://me:s3cret@a/path"})
  void doesNotRepeatAPassword(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Origin.parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  @Test
  void knowsASiteThatIsItself() {
    Origin local = Origin.parse("http://localhost:8080");
    assertThat(ListenAddress.parse(":8080").isReachedAt(local)).isTrue();
    assertThat(ListenAddress.parse("127.0.0.1:8080").isReachedAt(local)).isTrue();
    assertThat(ListenAddress.parse("shop:8080").isReachedAt(Origin.parse("http://Shop:8080")))
        .isTrue();
    assertThat(ListenAddress.parse("10.0.0.1:8080").isReachedAt(local)).isFalse();
    assertThat(ListenAddress.parse(":8081").isReachedAt(local)).isFalse();
    assertThat(ListenAddress.parse(":8080").isReachedAt(Origin.parse("http://shop:8080")))
        .isFalse();
  }
}
