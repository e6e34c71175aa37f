package dev.weir.e2e;

import dev.weir.relay.fleet.Totals;
import dev.weir.wire.ProxyReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all pages of a line say.
 *
 * @param relay the relay's totals
 * @param shown the figures of the page that people see, by name
 * @param proxies each by its own page
 */
public record Books(Totals relay, Map<String, Long> shown, List<ProxyReport> proxies) {

  /** What the proxies have captured by their own pages. */
  public long captured() {
    return proxies.stream().mapToLong(ProxyReport::captured).sum();
  }

  /** Whether nothing is under way, and every page says so. */
  public boolean isAtRest() {
    return relay.balances()
        && relay.waiting() == 0
        && relay.captured() == captured()
        && disagreements().isEmpty();
  }

  /** What the equations of all pages are off by. */
  public long imbalance() {
    return relay.imbalance()
        + Math.abs(relay.difference())
        + proxies.stream().mapToLong(proxy -> Math.abs(proxy.imbalance())).sum();
  }

  /** Where a page contradicts itself or another one; passes while something is under way. */
  public List<String> disagreements() {
    List<String> found = new ArrayList<>();
    if (!relay.balances()) {
      found.add("the relay's ledger does not balance: " + relay);
    }
    if (relay.captured() != captured()) {
      found.add(
          "the relay says that " + relay.captured() + " were captured, the proxies " + captured());
    }
    for (ProxyReport proxy : proxies) {
      if (proxy.imbalance() != 0) {
        found.add("the ledger of proxy " + proxy.proxy() + " is off by " + proxy.imbalance());
      }
    }
    compare("Captured", relay.captured(), found);
    compare("Delivered", relay.delivered(), found);
    compare("Waiting", relay.waiting(), found);
    compare("Dead", relay.dead(), found);
    compare("Lost", relay.lost(), found);
    return found;
  }

  private void compare(String name, long told, List<String> found) {
    Long seen = shown.get(name);
    if (seen == null || seen != told) {
      found.add("the page shows " + name + " as " + seen + ", its figures as " + told);
    }
  }
}
