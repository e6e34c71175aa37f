package dev.weir.script.runtime;

import dev.weir.loop.Ticker;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.engine.Vm;
import dev.weir.script.view.RequestMaker;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaValue;

/** A file of Lua tests in a virtual machine: {@code test("name", function(t) … end)}. */
public final class TestMachine {
  /** Tests call hooks, each of which has its own budget inside this one. */
  private static final Limits LIMITS = new Limits(
      100_000_000,
      Duration.ofSeconds(5),
      ByteSize.ofMegabytes(1024),
      ByteSize.ofMegabytes(64),
      ByteSize.ofMegabytes(16),
      100);

  private final Vm vm;
  private final List<Test> tests = new ArrayList<>();

  /** One test of the file. */
  public record Test(String name, LuaValue function) {}

  private TestMachine(ScriptSettings file) {
    Host host = Host.system();
    Map<String, LuaValue> names =
        new HashMap<>(Names.of(file, host, new ScriptLog(file.name(), Ticker.SYSTEM)));
    RequestMaker maker = new RequestMaker(InstantSource.system(), Scope.of(Stage.CAPTURE));
    names.put("request", new Builtin("request", args -> maker.make(args.checktable(1))));
    names.put("test", new Builtin("test", args -> {
      tests.add(new Test(args.checkjstring(1), args.checkfunction(2)));
      return LuaValue.NONE;
    }));
    this.vm = new Vm(LIMITS, names);
  }

  public static TestMachine load(ScriptSettings file) throws ScriptException {
    TestMachine machine = new TestMachine(file);
    machine.vm.load(Script.read(file).main());
    return machine;
  }

  public List<Test> tests() {
    return List.copyOf(tests);
  }

  /** @throws ScriptException if the test fails */
  public void run(Test test, LuaValue bench) throws ScriptException {
    vm.call(test.function(), bench);
  }
}
