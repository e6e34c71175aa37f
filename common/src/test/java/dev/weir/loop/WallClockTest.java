package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WallClockTest {
  @Test
  void isTheSystemsOwnUnlessToldOtherwise() {
    assertThat(WallClock.SYSTEM).isEqualTo(InstantSource.system());
  }

  @Test
  void isAsWrongAsItsFileSays(@TempDir Path directory) throws IOException {
    Path error = directory.resolve("clock");
    InstantSource clock = WallClock.of(error.toString());
    assertThat(Duration.between(Instant.now(), clock.instant())).isLessThan(Duration.ofHours(1));

    Files.writeString(error, "PT2H\n");
    assertThat(Duration.between(Instant.now(), clock.instant())).isGreaterThan(Duration.ofHours(1));
    Files.writeString(error, "-P365D");
    assertThat(Duration.between(clock.instant(), Instant.now()))
        .isGreaterThan(Duration.ofDays(364));
  }
}
