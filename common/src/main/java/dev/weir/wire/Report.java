package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/reports}: a proxy's or a player's word, never both.
 *
 * @param stopped whether it ends with this, in order; left out where it does not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
    @Nullable ProxyReport proxy,
    @Nullable PlayerReport player,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean stopped) {
  /** The word of a role that goes on. */
  public Report(@Nullable ProxyReport proxy, @Nullable PlayerReport player) {
    this(proxy, player, false);
  }

  /** The same without what only passes with time: where nothing happens, it stays equal. */
  public Report timeless() {
    return proxy == null ? this : new Report(proxy.timeless(), player, stopped);
  }

  /** The same as the last word of its role. */
  public Report last() {
    return new Report(proxy, player, true);
  }
}
