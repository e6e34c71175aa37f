package dev.weir.cli;

import dev.weir.unit.ListenAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.Map;

/** Says which setting to change where a listener cannot have its place. */
final class BusyPort {
  private BusyPort() {}

  /**
   * Finds the listener by trying each once more: what a role says of it is not made for that.
   *
   * @param listeners by key of the configuration
   * @param flags whether to name flags instead of keys
   * @return the failure itself, unless it is about a listener
   */
  static IOException explain(
      IOException failure, Map<String, ListenAddress> listeners, boolean flags) {
    if (!isAboutListening(failure)) {
      return failure;
    }
    for (Map.Entry<String, ListenAddress> listener : listeners.entrySet()) {
      ListenAddress address = listener.getValue();
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(address.resolve());
      } catch (IOException refused) {
        String key = listener.getKey();
        String change = flags ? "--" + key.substring(key.lastIndexOf('.') + 1) : key;
        return new IOException(
            "cannot listen on " + address + ": " + reason(address, refused) + "; change " + change,
            failure);
      }
    }
    return failure;
  }

  private static boolean isAboutListening(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private static String reason(ListenAddress address, IOException refused) {
    String reason = String.valueOf(refused.getMessage());
    return reason.contains("in use") ? "port " + address.port() + " is in use" : reason;
  }
}
