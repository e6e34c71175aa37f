package dev.weir.script.engine;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * A function that can be left in the middle and gone on with: a thread that takes turns with the
 * one that resumes it. The two semaphores hand over the turn and, with it, all the memory of the
 * virtual machine.
 */
final class Coroutine extends LuaValue {
  private static final long STACK_BYTES = 512 << 10;

  /** Unwinds the thread of a coroutine that nobody will resume. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private enum State {
    NEW,
    SUSPENDED,
    RUNNING,
    DEAD
  }

  final Frames frames = new Frames();
  private final LuaValue function;
  private final Semaphore turn = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  private State state = State.NEW;
  private boolean killed;
  private Varargs passed = NONE;
  private @Nullable Throwable failure;

  Coroutine(LuaValue function) {
    this.function = function;
  }

  LuaValue function() {
    return function;
  }

  boolean isNew() {
    return state == State.NEW;
  }

  boolean isDead() {
    return state == State.DEAD;
  }

  @SuppressWarnings("ReferenceEquality") // a coroutine is itself and nothing else
  String status(@Nullable Coroutine running) {
    return switch (state) {
      case NEW, SUSPENDED -> "suspended";
      case RUNNING -> this == running ? "running" : "normal";
      case DEAD -> "dead";
    };
  }

  /** On the resumer's thread: waits until the coroutine yields, returns or fails. */
  Varargs resume(Varargs values, Budget budget) {
    passed = values;
    if (state == State.NEW) {
      Thread thread = new Thread(
          null, () -> run(budget), Thread.currentThread().getName() + "-lua", STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
    }
    state = State.RUNNING;
    turn.release();
    back.acquireUninterruptibly();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return passed;
  }

  private void run(Budget budget) {
    turn.acquireUninterruptibly();
    try {
      budget.arrive();
      passed = function.invoke(passed);
      budget.leave();
    } catch (Killed e) {
      passed = NONE;
    } catch (Throwable e) { // whatever it is, the resumer gets it
      failure = e;
      budget.leave();
    } finally {
      state = State.DEAD;
      back.release();
    }
  }

  /** On the coroutine's thread: waits until it is resumed. */
  Varargs suspend(Varargs values, Budget budget) {
    passed = values;
    state = State.SUSPENDED;
    budget.leave();
    back.release();
    turn.acquireUninterruptibly();
    if (killed) {
      throw new Killed();
    }
    budget.arrive();
    return passed;
  }

  /** On the thread of the call, when it ends. */
  void kill() {
    if (state == State.SUSPENDED) {
      killed = true;
      turn.release();
      back.acquireUninterruptibly();
    }
    state = State.DEAD;
    passed = NONE;
  }

  @Override
  public int type() {
    return TTHREAD;
  }

  @Override
  public String typename() {
    return "thread";
  }
}
