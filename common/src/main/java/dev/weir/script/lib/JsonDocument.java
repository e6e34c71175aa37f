package dev.weir.script.lib;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Weighed;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;

/**
 * A JSON text as a tree of the host's, in which nulls, empty arrays, the order of keys and every
 * digit of a number survive. Scripts see it through {@link JsonView}s.
 */
public final class JsonDocument implements Weighed {
  static final int DEEPEST = 200;

  private static final int BYTES_PER_NODE = 64;
  private static final int MOST_NODES = 1_000_000;

  private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build())
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build();

  private final @Nullable JsonNode root;
  private boolean changed;

  private JsonDocument(@Nullable JsonNode root) {
    this.root = root;
  }

  /** Holds nothing where the bytes are not exactly one JSON value. */
  public static JsonDocument parse(byte[] bytes) {
    if (!mayBeJson(bytes)) {
      return new JsonDocument(null);
    }
    try {
      return new JsonDocument(read(bytes));
    } catch (JsonProcessingException e) {
      return new JsonDocument(null);
    } catch (IOException e) {
      throw new LuaError("reading JSON from memory failed");
    }
  }

  /** Spares binary bodies the price of an exception. */
  private static boolean mayBeJson(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return "{[\"-0123456789tfn".indexOf(b) >= 0 || b == (byte) 0xef;
      }
    }
    return false;
  }

  /** @throws LuaError naming line and column where the text is not JSON */
  static JsonDocument decode(byte[] bytes) {
    try {
      return new JsonDocument(read(bytes));
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new LuaError(
          at == null
              ? "not JSON: it nests deeper than " + DEEPEST + " levels, or is too long"
              : "not JSON: line " + at.getLineNr() + ", column " + at.getColumnNr());
    } catch (IOException e) {
      throw new LuaError("reading JSON from memory failed");
    }
  }

  private static @Nullable JsonNode read(byte[] bytes) throws IOException {
    Budget.current().charge(50 + (bytes.length >> 3));
    JsonNode node;
    try (JsonParser parser = new Counted(MAPPER.createParser(bytes))) {
      try {
        node = MAPPER.readTree(parser);
      } catch (NumberFormatException e) { // an exponent that no number of Java's has
        throw new JsonParseException(parser, "a number beyond all bounds");
      }
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more than one value");
      }
    }
    return node == null || node.isMissingNode() ? null : node;
  }

  /** Charges each token, because a short text can make a large tree. */
  private static final class Counted extends JsonParserDelegate {
    private static final int STEPS_PER_TOKEN = 2;

    Counted(JsonParser parser) {
      super(parser);
    }

    @Override
    public @Nullable JsonToken nextToken() throws IOException {
      Budget.current().charge(STEPS_PER_TOKEN);
      return super.nextToken();
    }
  }

  public static JsonDocument of(LuaValue value) {
    return new JsonDocument(JsonValues.node(value));
  }

  /** The value, nil where there is none. */
  public LuaValue view() {
    return root == null ? LuaValue.NIL : JsonValues.value(this, root);
  }

  public boolean isChanged() {
    return changed;
  }

  void markChanged() {
    changed = true;
  }

  public void markWritten() {
    changed = false;
  }

  public byte[] bytes() {
    return write(root);
  }

  static byte[] write(@Nullable JsonNode node) {
    try {
      byte[] bytes = MAPPER.writeValueAsBytes(node);
      Budget.current().charge(bytes.length >> 4);
      Budget.current().allocate(bytes.length);
      return bytes;
    } catch (JsonProcessingException e) {
      throw new LuaError("not writable as JSON: " + e.getOriginalMessage());
    }
  }

  @Override
  public void weigh(Scale scale) {
    if (root != null) {
      weigh(root, scale);
    }
  }

  static void weigh(JsonNode tree, Scale scale) {
    scale.put(tree, () -> size(tree));
  }

  private static long size(JsonNode tree) {
    long nodes = 0;
    Deque<JsonNode> open = new ArrayDeque<>(List.of(tree));
    while (!open.isEmpty() && nodes < MOST_NODES) {
      JsonNode next = open.pop();
      nodes += next.isTextual() ? 1 + next.textValue().length() / BYTES_PER_NODE : 1;
      next.forEach(open::push);
    }
    return nodes * BYTES_PER_NODE;
  }

  static JsonNodeFactory nodes() {
    return MAPPER.getNodeFactory();
  }
}
