package dev.weir.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration of a role that runs again. What is wrong changes nothing; what a role
 * cannot take over as it runs is named. Thread-safe; one reload at a time.
 */
public final class Reloading<C extends Record> {
  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

  private final C running;
  private final Source<C> source;
  private final Set<String> live;
  private final Function<C, List<String>> takeOver;

  /** Where a configuration comes from: a file is read again, flags stay what they are. */
  @FunctionalInterface
  public interface Source<C> {
    /** @throws ConfigException with everything that is wrong */
    C read() throws ConfigException;
  }

  /**
   * @param running what the role was started with
   * @param live the keys that {@code takeOver} takes over
   * @param takeOver says what of the configuration, or of the files that it names, stays as it was,
   *     and why
   */
  public Reloading(
      C running, Source<C> source, Set<String> live, Function<C, List<String>> takeOver) {
    this.running = running;
    this.source = source;
    this.live = Set.copyOf(live);
    this.takeOver = takeOver;
  }

  /** What is wrong, or must wait for the next start; empty: all is as the files say. */
  public synchronized List<String> reload() {
    List<String> wrong = new ArrayList<>();
    try {
      C fresh = source.read();
      wrong.addAll(takeOver.apply(fresh));
      for (String key : changedForLater(fresh)) {
        wrong.add(key + " has changed, which takes effect at the next start (see weir check)");
      }
    } catch (ConfigException e) {
      wrong.add(String.valueOf(e.getMessage()));
    }
    if (wrong.isEmpty()) {
      LOG.info("configuration, certificates and scripts read again");
    }
    wrong.forEach(problem -> LOG.warn("not reloaded, the old stays in force: {}", problem));
    return List.copyOf(wrong);
  }

  private List<String> changedForLater(C fresh) {
    RecordComponent[] components = running.getClass().getRecordComponents();
    List<Key> keys = Key.of(running.getClass());
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      String name = keys.get(i).name();
      if (!live.contains(name)
          && !Objects.equals(valueOf(components[i], running), valueOf(components[i], fresh))) {
        changed.add(name);
      }
    }
    return changed;
  }

  private static Object valueOf(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
