package dev.weir.script.lib;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Text;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** Between Lua's values and nodes of JSON. */
final class JsonValues {
  /** JSON's null, which unlike nil can stand in a table. */
  static final LuaValue NULL = new Null();

  private static final double EXACT = 0x1p53;

  private JsonValues() {}

  private static final class Null extends LuaUserdata {
    Null() {
      super("null");
    }

    @Override
    public void set(LuaValue key, LuaValue value) {
      throw new LuaError("attempt to index json.null");
    }

    @Override
    public LuaValue get(LuaValue key) {
      throw new LuaError("attempt to index json.null");
    }

    @Override
    public LuaValue setmetatable(LuaValue metatable) {
      throw new LuaError("json.null has no metatable");
    }
  }

  static LuaValue value(JsonDocument document, JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> Text.ofUtf8(node.textValue());
      case NUMBER -> number(node);
      case BOOLEAN -> LuaValue.valueOf(node.booleanValue());
      case NULL -> NULL;
      default -> new JsonView(document, (ContainerNode<?>) node);
    };
  }

  /** A double where it says the same, else a {@link JsonNumber}. */
  private static LuaValue number(JsonNode node) {
    double value = node.doubleValue();
    if (node.isIntegralNumber()) {
      return Math.abs(value) < EXACT ? LuaValue.valueOf(value) : new JsonNumber(node);
    }
    boolean same = !Double.isInfinite(value)
        && new BigDecimal(Double.toString(value)).compareTo(node.decimalValue()) == 0;
    return same ? LuaValue.valueOf(value) : new JsonNumber(node);
  }

  static JsonNode node(LuaValue value) {
    return node(value, 0);
  }

  private static JsonNode node(LuaValue value, int depth) {
    Budget.current().charge(1);
    if (depth > JsonDocument.DEEPEST) {
      throw new LuaError("tables nest deeper than " + JsonDocument.DEEPEST
          + " levels, or one contains itself: not writable as JSON");
    }
    JsonNodeFactory nodes = JsonDocument.nodes();
    if (value instanceof JsonView view) {
      return copy(view.node());
    }
    if (value instanceof JsonNumber number) {
      return number.node();
    }
    if (value instanceof Null) {
      return nodes.nullNode();
    }
    if (value instanceof LuaString text) {
      return nodes.textNode(utf8(text));
    }
    return switch (value.type()) {
      case LuaValue.TBOOLEAN -> nodes.booleanNode(value.toboolean());
      case LuaValue.TNUMBER -> number(value.todouble());
      case LuaValue.TTABLE -> container(value.checktable(), depth);
      default -> throw new LuaError("a " + value.typename() + " is not writable as JSON");
    };
  }

  private static JsonNode number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new LuaError(value + " is not writable as JSON");
    }
    JsonNodeFactory nodes = JsonDocument.nodes();
    return value == Math.rint(value) && Math.abs(value) < 1e21
        ? nodes.numberNode(new BigDecimal(value).toBigInteger())
        : nodes.numberNode(value);
  }

  private static String utf8(LuaString text) {
    Budget.current().charge(text.m_length >> 5);
    try {
      return UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text.m_bytes, text.m_offset, text.m_length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new LuaError(
          "a string that is not UTF-8 is not writable as JSON; base64.encode makes it so");
    }
  }

  /** A list 1 … n becomes an array, everything else an object with its keys sorted. */
  private static JsonNode container(LuaTable table, int depth) {
    int length = table.length();
    if (length > 0 && table.keyCount() == length) {
      ArrayNode array = JsonDocument.nodes().arrayNode();
      for (int i = 1; i <= length; i++) {
        array.add(node(table.get(i), depth + 1));
      }
      return array;
    }
    Map<String, LuaValue> fields = new TreeMap<>();
    for (Varargs entry = table.next(LuaValue.NIL);
        !entry.arg1().isnil();
        entry = table.next(entry.arg1())) {
      Budget.current().charge(4);
      if (!(entry.arg1() instanceof LuaString key)) {
        throw new LuaError(
            "a table with keys other than 1 … n and strings is not writable as JSON");
      }
      fields.put(utf8(key), entry.arg(2));
    }
    ObjectNode object = JsonDocument.nodes().objectNode();
    fields.forEach((key, each) -> object.set(key, node(each, depth + 1)));
    return object;
  }

  /** Counted, so that copies of copies end within the budget. */
  private static JsonNode copy(JsonNode node) {
    Budget.current().charge(1);
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JsonDocument.nodes().objectNode();
      for (Iterator<Map.Entry<String, JsonNode>> fields = object.properties().iterator();
          fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        copy.set(field.getKey(), copy(field.getValue()));
      }
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JsonDocument.nodes().arrayNode(array.size());
      array.forEach(each -> copy.add(copy(each)));
      return copy;
    }
    return node;
  }
}
