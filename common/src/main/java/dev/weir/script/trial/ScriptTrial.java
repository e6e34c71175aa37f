package dev.weir.script.trial;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script over captures that were taken already and tells what it would do. Changes nothing.
 */
public final class ScriptTrial {
  private static final int MOST_REASONS = 50;

  private final ScriptSettings script;
  private final int samples;

  /** @param samples how many changes and errors to keep for showing */
  public ScriptTrial(ScriptSettings script, int samples) {
    this.script = script;
    this.samples = samples;
  }

  /** Where captures come from, such as an archive: one at a time, as they may be many. */
  @FunctionalInterface
  public interface Captures {
    void forEach(Visitor each) throws IOException;
  }

  /** Takes one capture after the other. */
  @FunctionalInterface
  public interface Visitor {
    /** @param id null where it is not known */
    void visit(Capture capture, @Nullable CaptureId id);
  }

  /** What the script did. {@code kept} are those that it left exactly as they were. */
  public record Summary(
      Stage stage,
      long captures,
      long kept,
      long changed,
      long split,
      long errors,
      Map<String, Long> dropped,
      List<Change> changes,
      List<String> messages) {

    /** For people. */
    public void print(Appendable out) throws IOException {
      for (Change change : changes) {
        out.append(String.format("capture %d%n", change.number()));
        for (String line : change.lines()) {
          out.append(String.format("  %s%n", line));
        }
      }
      for (String message : messages) {
        out.append(String.format("error: %s%n", message));
      }
      out.append(String.format(
          "%s: captures: %d, kept: %d, changed: %d, split: %d, dropped: %d, errors: %d%n",
          stage.function(),
          captures,
          kept,
          changed,
          split,
          dropped.values().stream().mapToLong(Long::longValue).sum(),
          errors));
      for (Map.Entry<String, Long> reason : dropped.entrySet()) {
        out.append(String.format("  dropped \"%s\": %d%n", reason.getKey(), reason.getValue()));
      }
    }
  }

  /**
   * One capture that was changed.
   *
   * @param number 1 for the first capture of the trial
   * @param lines begin with {@code -} before and {@code +} after
   */
  public record Change(long number, List<String> lines) {}

  /**
   * Tries the first of {@code on_capture}, {@code on_relay} and {@code on_replay} that the script
   * has.
   *
   * @throws ScriptException if the script does not start or has none of them
   * @throws IOException if the captures cannot be read
   */
  public Summary run(Captures captures) throws ScriptException, IOException {
    for (Stage stage : List.of(Stage.CAPTURE, Stage.RELAY, Stage.REPLAY)) {
      ScriptSet set = ScriptSet.load(List.of(script), Scope.of(stage), Host.system());
      if (set.has(stage)) {
        try (Hook hook = set.open()) {
          Tally tally = new Tally(stage, hook);
          captures.forEach(tally::add);
          return tally.summary();
        }
      }
    }
    throw new ScriptException(script.name() + ": has none of "
        + String.join(
            ", ",
            Stream.of(Stage.CAPTURE, Stage.RELAY, Stage.REPLAY)
                .map(Stage::function)
                .toList()));
  }

  /** What has come of the captures so far. */
  private final class Tally {
    private final Stage stage;
    private final Hook hook;
    private final Map<String, Long> dropped = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private long captures;
    private long kept;
    private long changed;
    private long split;
    private long errors;

    Tally(Stage stage, Hook hook) {
      this.stage = stage;
      this.hook = hook;
    }

    void add(Capture capture, @Nullable CaptureId id) {
      captures++;
      Result result = hook.run(capture, new Origin(id, stage == Stage.REPLAY ? 1 : 0, ""));
      if (result instanceof Result.Failed failed) {
        errors++;
        if (messages.size() < samples && !messages.contains(failed.message())) {
          messages.add(failed.message());
        }
      } else if (result instanceof Result.Dropped drop) {
        boolean known = dropped.containsKey(drop.reason()) || dropped.size() < MOST_REASONS;
        dropped.merge(known ? drop.reason() : "other", 1L, Long::sum);
      } else if (result instanceof Result.Kept several && several.emissions().size() > 1) {
        split++;
        show(captures, capture, several.emissions(), changes);
      } else if (result instanceof Result.Kept one
          && !isSame(capture, one.emissions().get(0))) {
        changed++;
        show(captures, capture, one.emissions(), changes);
      } else {
        kept++;
      }
    }

    Summary summary() {
      return new Summary(stage, captures, kept, changed, split, errors, dropped, changes, messages);
    }
  }

  private static boolean isSame(Capture capture, Emission emission) {
    return emission.equals(new Emission(capture, Set.of()));
  }

  private void show(long number, Capture before, List<Emission> after, List<Change> changes) {
    if (changes.size() >= samples) {
      return;
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      Emission emission = after.get(i);
      if (after.size() > 1) {
        lines.add("= " + (i + 1) + " of " + after.size());
      }
      lines.addAll(Difference.between(before, emission.capture()));
      if (!emission.buckets().isEmpty()) {
        lines.add("+ (buckets " + emission.buckets().stream().sorted().toList() + ")");
      }
      if (emission.target() != null) {
        lines.add("+ (target " + emission.target() + ")");
      }
      if (!emission.delay().isZero()) {
        lines.add("+ (delay " + emission.delay().toMillis() + " ms)");
      }
    }
    changes.add(new Change(number, lines));
  }
}
