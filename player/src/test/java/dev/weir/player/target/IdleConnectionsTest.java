package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {
  private final IdleConnections<String> idle = new IdleConnections<>(3, Duration.ofNanos(100));

  @Test
  void givesTheOneThatWasUsedLast() {
    idle.put("a", "a1", 0);
    idle.put("a", "a2", 1);

    assertThat(idle.take("b")).isNull();
    assertThat(idle.take("a")).isEqualTo("a2");
    assertThat(idle.take("a")).isEqualTo("a1");
    assertThat(idle.take("a")).isNull();
    assertThat(idle.isEmpty()).isTrue();
  }

  @Test
  void forgetsWhatWaitsTooLong() {
    idle.put("a", "a1", 0);
    idle.put("b", "b1", 50);

    assertThat(idle.expire(99)).isEmpty();
    assertThat(idle.expire(100)).containsExactly("a1");
    assertThat(idle.take("a")).isNull();
    assertThat(idle.take("b")).isEqualTo("b1");
  }

  @Test
  void forgetsTheOldestOfTooMany() {
    for (int i = 0; i < 5; i++) {
      idle.put("k" + i, "c" + i, i);
    }

    assertThat(idle.expire(10)).containsExactly("c0", "c1");
    assertThat(idle.all()).containsExactly("c2", "c3", "c4");
  }

  @Test
  void forgetsOneThatWasClosed() {
    idle.put("a", "a1", 0);
    idle.put("a", "a2", 0);

    idle.remove("a2");
    idle.remove("never there");

    assertThat(idle.take("a")).isEqualTo("a1");
  }
}
