package dev.weir.script.engine;

import java.util.IdentityHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Lua;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.DebugLib;

/**
 * Watches one virtual machine and stops a call that uses too much. LuaJ calls it before every
 * instruction; it counts down and looks at the clocks once in a {@link #SLICE}. A short call never
 * reads a clock. Belongs to the thread that runs the call.
 */
public final class Budget extends DebugLib {
  /** Instructions between two looks: about 2 µs of Lua. */
  private static final int SLICE = 200;

  /** Output from here on is measured before it is made. */
  private static final int LARGE = 64 << 10;

  /** What an instruction of a call too short to be measured is taken to allocate. */
  private static final int BYTES_PER_INSTRUCTION = 256;

  private static final ThreadLocal<Running> RUNNING = ThreadLocal.withInitial(Running::new);

  /** Whose call is under way on a thread. */
  private static final class Running {
    @Nullable
    Budget budget;
  }

  private static final Pattern PLACED = Pattern.compile("\\S+:\\d+: ");

  private final Meter meter = new Meter();
  private final IdentityHashMap<Object, Object> memo = new IdentityHashMap<>();
  private Limits limits;
  private Frames frames = new Frames();
  private int slice;
  private int left;
  private long used;
  private long output;
  private boolean measured;
  private long deadline;
  private @Nullable String stopped;

  Budget(Limits limits) {
    this.limits = limits;
  }

  /**
   * Of the call under way on this thread: for functions that all virtual machines share.
   *
   * @throws IllegalStateException outside of a call
   */
  public static Budget current() {
    Budget budget = RUNNING.get().budget;
    if (budget == null) {
      throw new IllegalStateException("no script is running on this thread");
    }
    return budget;
  }

  /** Announces text of the host's before it is made; outside of a call nothing is counted. */
  static void announce(int bytes) {
    Budget budget = bytes < LARGE ? null : RUNNING.get().budget;
    if (budget != null) {
      budget.allocate(bytes);
    }
  }

  public Limits limits() {
    return limits;
  }

  /** What libraries remember for this machine alone, by identity; whoever adds to it bounds it. */
  public IdentityHashMap<Object, Object> memo() {
    return memo;
  }

  /** Starts a call; give what it returns to {@link #end}. */
  @Nullable
  Budget begin(Limits limits) {
    this.limits = limits;
    frames.clear();
    used = 0;
    output = 0;
    measured = false;
    stopped = null;
    left = SLICE;
    slice = SLICE;
    Running running = RUNNING.get();
    Budget outer = running.budget;
    running.budget = this;
    return outer;
  }

  /** Ends a call and says how much it may have allocated at most. */
  long end(@Nullable Budget outer) {
    RUNNING.get().budget = outer;
    long instructions = used + slice - left;
    return output + (measured ? meter.allocated() : instructions * BYTES_PER_INSTRUCTION);
  }

  @Override
  public void onCall(LuaClosure closure, Varargs varargs, LuaValue[] stack) {
    frames.push(closure, stack);
  }

  @Override
  public void onReturn() {
    frames.pop();
  }

  @Override
  public void onInstruction(int pc, Varargs v, int top) {
    Frames now = frames;
    now.pc = pc;
    if (--left < 0) {
      look();
    }
    int instruction = now.code[pc];
    if ((instruction & 0x3f) == Lua.OP_CONCAT) {
      guardConcat(now.stack(), instruction >>> 23, (instruction >> 14) & 0x1ff);
    }
  }

  /**
   * The operands are temporaries of the compiler, so that a number may be written as Lua writes it.
   */
  private void guardConcat(LuaValue[] stack, int from, int through) {
    long length = 0;
    for (int i = from; i <= through; i++) {
      LuaValue operand = stack[i];
      if (operand instanceof LuaString text) {
        length += text.m_length;
      } else if (operand.type() == LuaValue.TNUMBER && !operand.isinttype()) {
        stack[i] = Numbers.format(operand.todouble());
      }
    }
    allocate(length);
  }

  /** Counts work of the host as that many instructions; none is ever given back. */
  public void charge(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("charging " + steps + " steps");
    }
    if (steps >= left) {
      used += slice - left + steps;
      slice = 0;
      left = 0;
      look();
    } else {
      left -= (int) steps;
    }
  }

  /**
   * Announces a string or body before it is made.
   *
   * @throws LuaError if it is longer than a string may be
   */
  public void allocate(long bytes) {
    output += bytes;
    if (bytes < LARGE) {
      return;
    }
    if (bytes > limits.string().bytes()) {
      throw new LuaError(
          "result too long: " + bytes + " bytes, at most " + limits.string().bytes());
    }
    measure();
    refuseMemory(meter.allocated() + bytes);
    charge(bytes >> 8);
  }

  private void look() {
    used += slice - Math.max(left, 0);
    slice = SLICE;
    left = SLICE;
    if (stopped != null) {
      left = 0;
      throw new Stopped(stopped);
    }
    measure();
    if (used > limits.instructions()) {
      stop("more than " + limits.instructions() + " instructions");
    }
    refuseMemory(meter.allocated());
    long now = System.nanoTime();
    if (now - deadline > 0) {
      long rest = limits.time().toNanos() - meter.processorNanos();
      if (rest <= 0) {
        stop("more than " + limits.time().toMillis() + " ms");
      }
      deadline = now + rest;
    }
  }

  private void measure() {
    if (!measured) {
      measured = true;
      meter.start();
      deadline = System.nanoTime() + limits.time().toNanos();
    }
  }

  private void refuseMemory(long bytes) {
    if (bytes > limits.memory().bytes()) {
      stop("more than " + limits.memory() + " of memory");
    }
  }

  private void stop(String what) {
    String at = where(1);
    stopped = (at.isEmpty() ? "" : at + ": ") + "stopped: the call used " + what;
    left = 0;
    throw new Stopped(stopped);
  }

  /** {@code file:line} of the Lua function at that level, 1 being the innermost; or nothing. */
  public String where(int level) {
    return frames.where(level);
  }

  /** The message with a place before it where it has none. */
  String placed(String message) {
    String at = frames.lastLeft();
    return at.isEmpty() || PLACED.matcher(message).lookingAt() ? message : at + ": " + message;
  }

  /** Whether Lua is looking up a method ({@code x:name()}) rather than a field. */
  public boolean looksUpMethod() {
    return frames.looksUpMethod();
  }

  /** Puts these frames in place of those under way, which it returns. */
  Frames swap(Frames to) {
    Frames from = frames;
    frames = to;
    return from;
  }

  /** This thread stops working on the call; {@link #arrive} on another one follows. */
  void leave() {
    if (measured) {
      meter.leave();
    }
  }

  /** This thread goes on with the call. */
  void arrive() {
    if (measured) {
      meter.enter();
    }
    RUNNING.get().budget = this;
  }

  @Override
  public String traceback(int level) {
    return "";
  }
}
