package dev.weir.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LineLayoutTest {
  private final LineLayout layout = new LineLayout();

  private String line(Level level, String logger, String message, Throwable thrown) {
    Logger from = new LoggerContext().getLogger(logger);
    LoggingEvent event = new LoggingEvent("", from, level, message, thrown, null);
    event.setInstant(Instant.parse("2026-11-20T08:30:00.123Z"));
    return layout.doLayout(event);
  }

  @Test
  void writesOneLine() {
    assertThat(line(Level.WARN, "dev.weir.proxy.ship.Shipper", "relay unreachable", null))
        .isEqualTo("2026-11-20T08:30:00.123Z WARN  shipper  relay unreachable\n");
    assertThat(line(Level.ERROR, "dev.weir.proxy.ship.RelayUplink", "x", null))
        .isEqualTo("2026-11-20T08:30:00.123Z ERROR relay-uplink  x\n");
  }

  @Test
  void letsNobodyForgeALine() {
    assertThat(line(Level.INFO, "a", "bad\n2026 ERROR\r\nx\u001b[31m", null))
        .endsWith(" INFO  a  bad\\n2026 ERROR\\nx?[31m\n")
        .hasLineCount(1);
  }

  @Test
  void showsWhereABugIs() {
    assertThat(line(Level.ERROR, "a", "x", new IllegalStateException("oops")))
        .contains("java.lang.IllegalStateException: oops")
        .contains("LineLayoutTest");
  }
}
