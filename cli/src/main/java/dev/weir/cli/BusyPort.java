package dev.weir.cli;

import dev.weir.unit.ListenAddress;
import java.io.IOException;
import java.net.BindException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says which setting to change where a listener's place is taken. */
final class BusyPort {
  private BusyPort() {}

  /**
   * @param listeners by key of the configuration
   * @param flags whether to name flags instead of keys
   * @return the failure itself, unless it is about a listener
   */
  static IOException explain(
      IOException failure, Map<String, ListenAddress> listeners, boolean flags) {
    BindException refused = bindException(failure);
    if (refused == null) {
      return failure;
    }
    for (Map.Entry<String, ListenAddress> listener : listeners.entrySet()) {
      if (concerns(failure, listener.getValue())) {
        String key = listener.getKey();
        String change = flags ? "--" + key.substring(key.lastIndexOf('.') + 1) : key;
        return new IOException(
            "cannot listen on " + listener.getValue() + ": " + spoken(listener.getValue(), refused)
                + "; change " + change,
            failure);
      }
    }
    return failure;
  }

  private static @Nullable BindException bindException(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof BindException found) {
        return found;
      }
    }
    return null;
  }

  /** The failure's text names the address as it was resolved; the port is enough to know it by. */
  private static boolean concerns(IOException failure, ListenAddress address) {
    return (failure.getMessage() + " ").matches("(?s).*:" + address.port() + "\\D.*");
  }

  private static String spoken(ListenAddress address, BindException refused) {
    String reason = String.valueOf(refused.getMessage());
    return reason.contains("in use") ? "port " + address.port() + " is in use" : reason;
  }
}
