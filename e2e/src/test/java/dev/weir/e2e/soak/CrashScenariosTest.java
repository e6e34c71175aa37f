package dev.weir.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.durable.CrashPoint;
import org.junit.jupiter.api.Test;

class CrashScenariosTest {
  /** That each is reached where it is looked for is for the trials to show. */
  @Test
  void someRoleIsHaltedAtEveryCrashPoint() {
    assertThat(CrashScenarios.points()).contains(CrashPoint.values());
  }
}
