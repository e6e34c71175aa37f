package dev.weir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.ConfigException;
import dev.weir.config.ConfigLoader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ProxyConfigTest {
  private static ProxyConfig withBuckets(int count) throws ConfigException {
    String buckets =
        IntStream.range(0, count).mapToObj(i -> "b" + i + ": {}").collect(Collectors.joining(", "));
    return ConfigLoader.elsewhere(name -> "web-1").parse("""
            data: data
            relay: {url: 'http://127.0.0.1:1'}
            sources: [{type: ingest, name: hooks, listen: 127.0.0.1:0, buckets: [b0]}]
            buckets: {%s}
            """.formatted(buckets), ProxyConfig.class);
  }

  @Test
  void hasNoMoreBucketsThanALedgerPageHasRoomFor() throws Exception {
    assertThat(withBuckets(100).buckets()).hasSize(100);
    assertThatThrownBy(() -> withBuckets(101))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a proxy has at most 100 buckets, not 101");
  }
}
