package dev.weir.proxy.source;

import dev.weir.capture.RequestTarget;
import dev.weir.proxy.http.RequestHead;
import dev.weir.proxy.source.HttpSource.Match;
import dev.weir.proxy.source.HttpSource.Sample;
import dev.weir.proxy.source.Intake.PassReason;
import dev.weir.unit.Wildcard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a request's head whether it is captured, so that what is not costs no copy. Any thread
 * may ask.
 */
final class Selection {
  private final List<Pattern> include;
  private final List<Pattern> exclude;
  private final Sample sample;
  private final Sessions sessions;

  Selection(List<Match> include, List<Match> exclude, Sample sample, Sessions sessions) {
    this.include = include.stream().map(Pattern::of).toList();
    this.exclude = exclude.stream().map(Pattern::of).toList();
    this.sample = sample;
    this.sessions = sessions;
  }

  /** Why not, or null if it is captured. */
  @Nullable
  PassReason objection(RequestHead head, String session) {
    if ((!include.isEmpty() && !matches(include, head)) || matches(exclude, head)) {
      return PassReason.EXCLUDED;
    }
    if (sample.percent() < 100 && share(head, session) >= sample.percent()) {
      return PassReason.SAMPLED_OUT;
    }
    return null;
  }

  private static boolean matches(List<Pattern> patterns, RequestHead head) {
    for (Pattern pattern : patterns) {
      if (pattern.matches(head)) {
        return true;
      }
    }
    return false;
  }

  /** From 0 to before 100: the same for everything that has the same key. */
  private double share(RequestHead head, String session) {
    String key = sessions.keyed(sample.by(), head);
    long mixed = (key == null ? session : key).hashCode() * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xBF58476D1CE4E5B9L;
    return (mixed >>> 11) * 0x1p-53 * 100;
  }

  private record Pattern(
      List<String> methods,
      @Nullable Wildcard path,
      String header,
      @Nullable Wildcard value) {

    static Pattern of(Match match) {
      String header = match.header() == null ? "" : match.header();
      int colon = header.indexOf(':');
      return new Pattern(
          match.method(),
          match.path() == null ? null : new Wildcard(match.path()),
          (colon < 0 ? header : header.substring(0, colon)).strip(),
          colon < 0 ? null : new Wildcard(header.substring(colon + 1).strip()));
    }

    boolean matches(RequestHead head) {
      return (methods.isEmpty() || methods.contains(head.method()))
          && (path == null || path.matches(RequestTarget.path(head.target())))
          && (header.isEmpty() || hasHeader(head));
    }

    private boolean hasHeader(RequestHead head) {
      List<String> values = head.values(header);
      return value == null ? !values.isEmpty() : values.stream().anyMatch(value::matches);
    }
  }
}
