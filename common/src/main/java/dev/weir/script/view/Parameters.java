package dev.weir.script.view;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Weighed;
import dev.weir.script.lib.Percent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code req.query} and {@code req.form}: {@code a=1&b=2}. What is not changed keeps its spelling.
 */
final class Parameters extends Multimap {
  private static final int STEPS_EACH = 4;

  private final Supplier<String> source;
  private final Consumer<String> sink;

  Parameters(String label, Weighed shown, Supplier<String> source, Consumer<String> sink) {
    super(label, shown);
    this.source = source;
    this.sink = sink;
  }

  @Override
  List<Pair> read() {
    List<Pair> pairs = new ArrayList<>();
    String text = source.get();
    for (int at = 0; !text.isEmpty() && at <= text.length(); ) {
      int end = text.indexOf('&', at);
      end = end < 0 ? text.length() : end;
      Budget.current().charge(STEPS_EACH);
      String raw = text.substring(at, end);
      int equals = raw.indexOf('=');
      String name = equals < 0 ? raw : raw.substring(0, equals);
      pairs.add(new Pair(decoded(name), equals < 0 ? "" : decoded(raw.substring(equals + 1)), raw));
      at = end + 1;
    }
    return pairs;
  }

  private static String decoded(String text) {
    return new String(Percent.decode(text.getBytes(ISO_8859_1), true), ISO_8859_1);
  }

  @Override
  void write(List<Pair> pairs) {
    sink.accept(String.join("&", pairs.stream().map(Pair::raw).toList()));
  }

  @Override
  Pair make(String name, String value) {
    return new Pair(
        name,
        value,
        Percent.encode(name.getBytes(ISO_8859_1)) + "="
            + Percent.encode(value.getBytes(ISO_8859_1)));
  }
}
