package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/reports}: a proxy's or a player's word, never both. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(@Nullable ProxyReport proxy, @Nullable PlayerReport player) {
  /** The same without what only passes with time: where nothing happens, it stays equal. */
  public Report timeless() {
    return proxy == null ? this : new Report(proxy.timeless(), player);
  }
}
