package dev.weir.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/login, /login",
    "/login?next=http://a/b, /login",
    "/a://b/c, /a://b/c",
    "//a/b, //a/b",
    "http://shop/login, /login",
    "HTTP://shop:80/login?a=b, /login",
    "https://[::1]:80/a/b, /a/b",
    "http://shop, /",
    "http://shop?a=/b, /",
    "*, *",
    "a?b=http://c/d, a",
    "://a/b, ://a/b",
  })
  void hasOnePathInEachOfItsForms(String target, String path) {
    assertThat(RequestTarget.path(target)).isEqualTo(path);
  }
}
