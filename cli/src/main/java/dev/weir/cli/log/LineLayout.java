package dev.weir.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * {@code 2026-11-20T08:30:00.123Z WARN shipper relay unreachable}. A stack trace follows on lines
 * of its own, and only where a bug is logged.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
          "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ')
        .append(level)
        .append(" ".repeat(Math.max(0, 5 - level.length())))
        .append(' ');
    line.append(name(event.getLoggerName())).append("  ");
    line.append(oneLine(event.getFormattedMessage())).append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return line.toString();
  }

  /** {@code dev.weir.proxy.ship.RelayUplink} is {@code relay-uplink}. */
  private static String name(String logger) {
    return logger
        .substring(logger.lastIndexOf('.') + 1)
        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  /** What comes from outside cannot forge a line. */
  private static String oneLine(String message) {
    return message.replaceAll("\\R", "\\\\n").replaceAll("\\p{Cntrl}", "?");
  }
}
