package dev.weir.http;

import dev.weir.unit.ByteSize;
import io.undertow.util.PathTemplateMatcher;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which endpoint answers which method and path, and what a caller must be allowed to do. */
public final class Routes {
  private final PathTemplateMatcher<Map<String, Route>> byPath = new PathTemplateMatcher<>();
  private final Map<String, Map<String, Route>> byTemplate = new TreeMap<>();

  /** What role a call needs. */
  @FunctionalInterface
  public interface Demand {
    /** None: for everybody, without a token too. */
    Demand NOTHING = path -> null;

    /** None in particular: every known token will do. */
    Demand KNOWN = path -> Tokens.ANY_ROLE;

    /**
     * The role, or null where not even a token is needed.
     *
     * @param path the values in the call's path, by name
     * @throws IllegalArgumentException if a value is not what it should be: answered with 400
     */
    @Nullable
    String role(Map<String, String> path);

    static Demand of(String role) {
      return path -> role;
    }
  }

  record Route(Demand demand, ByteSize maxBody, Endpoint endpoint) {}

  record Match(Map<String, Route> byMethod, Map<String, String> path) {}

  /** @param template such as {@code /v1/buckets/{bucket}/captures} */
  public Routes get(String template, Demand demand, Endpoint endpoint) {
    return add("GET", template, new Route(demand, new ByteSize(0), endpoint));
  }

  /** @param maxBody a larger body is answered with 413 */
  public Routes post(String template, Demand demand, ByteSize maxBody, Endpoint endpoint) {
    return add("POST", template, new Route(demand, maxBody, endpoint));
  }

  private Routes add(String method, String template, Route route) {
    Map<String, Route> methods = byTemplate.computeIfAbsent(template, t -> {
      Map<String, Route> made = new TreeMap<>();
      byPath.add(t, made);
      return made;
    });
    methods.put(method, route);
    return this;
  }

  @Nullable
  Match match(String path) {
    PathTemplateMatcher.PathMatchResult<Map<String, Route>> found = byPath.match(path);
    return found == null ? null : new Match(found.getValue(), found.getParameters());
  }
}
