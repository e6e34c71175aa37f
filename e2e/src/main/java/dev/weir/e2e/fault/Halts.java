package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A role that ends between two steps, at one crash point after another: the start that mends one
 * halt leads to the next. A point that is not reached fails the trial.
 */
public final class Halts implements Fault {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Role role;
  private final List<Place> places;
  private final Cost cost;
  private final Queue<Place> left = new ArrayDeque<>();
  private long startedAt;
  private long told;

  /** @param cost what all of them together may cost */
  public Halts(Role role, Cost cost, List<Place> places) {
    this.role = role;
    this.cost = cost;
    this.places = List.copyOf(places);
  }

  @Override
  public String name() {
    return role + " halted at " + places;
  }

  @Override
  public Cost cost() {
    return cost;
  }

  @Override
  public void begin(Line line) throws IOException, InterruptedException {
    left.clear();
    left.addAll(places);
    line.process(role).kill();
    goOn(line);
  }

  @Override
  public boolean hasHappened(Line line) throws IOException, InterruptedException {
    if (left.isEmpty()) {
      return true;
    }
    if (!line.process(role).isAlive()) {
      if (!isHalted(line)) {
        throw new IllegalStateException(
            role + " ended on its way to " + left.peek() + ": " + said(line));
      }
      left.remove();
      if (!left.isEmpty()) {
        goOn(line);
      }
    } else if (System.nanoTime() - startedAt > PATIENCE.toNanos()) {
      throw new IllegalStateException(role + " never came to " + left.peek());
    }
    return left.isEmpty();
  }

  private void goOn(Line line) throws IOException, InterruptedException {
    Place place = left.element();
    place.before().on(line);
    startedAt = System.nanoTime();
    told = Files.size(line.log(role));
    try {
      line.start(role, "-Dweir.crash-at=" + place);
      place.after().on(line);
    } catch (IOException e) {
      if (!isHalted(line)) {
        throw e;
      }
    }
  }

  private boolean isHalted(Line line) throws IOException {
    return said(line).contains("halted at " + left.element().point() + "\n");
  }

  private String said(Line line) throws IOException {
    byte[] all = Files.readAllBytes(line.log(role));
    return new String(all, (int) told, all.length - (int) told, StandardCharsets.UTF_8);
  }

  @Override
  public void end(Line line) throws IOException, InterruptedException {
    line.process(role).kill();
    line.start(role);
  }
}
