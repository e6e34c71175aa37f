package dev.weir.script.lib;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Walkable;
import dev.weir.script.engine.Weighed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** An object or array of a {@link JsonDocument}, read and written in place. */
final class JsonView extends LuaUserdata implements Walkable, Weighed, TableLibrary.Sequence {
  private final JsonDocument document;
  private final ContainerNode<?> node;

  JsonView(JsonDocument document, ContainerNode<?> node) {
    super(node);
    this.document = document;
    this.node = node;
  }

  JsonNode node() {
    return node;
  }

  boolean isArray() {
    return node instanceof ArrayNode;
  }

  @Override
  public LuaValue get(LuaValue key) {
    JsonNode child = node instanceof ArrayNode array
        ? (key.isnumber() && !(key instanceof LuaString) ? array.get(key.toint() - 1) : null)
        : key instanceof LuaString name ? node.get(Text.utf8(name)) : null;
    return child == null ? NIL : JsonValues.value(document, child);
  }

  @Override
  public LuaValue get(int key) {
    return get(valueOf(key));
  }

  @Override
  public void set(int key, LuaValue value) {
    set(valueOf(key), value);
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    if (node instanceof ArrayNode array) {
      setElement(array, key.isnumber() ? key.toint() : 0, value);
    } else if (key instanceof LuaString name) {
      setField((ObjectNode) node, Text.utf8(name), value);
    } else {
      throw new LuaError("a JSON object has strings for keys, not a " + key.typename());
    }
    document.markChanged();
  }

  private void setField(ObjectNode object, String name, LuaValue value) {
    if (value.isnil()) {
      object.remove(name);
    } else {
      object.set(name, replacement(object.get(name), value));
    }
  }

  private void setElement(ArrayNode array, int position, LuaValue value) {
    int size = array.size();
    if (position < 1 || position > size + 1) {
      throw new LuaError("a JSON array of " + size + " has no place " + position);
    }
    if (value.isnil()) {
      if (position < size) {
        throw new LuaError("a JSON array has no holes: use table.remove, or json.null");
      }
      if (position == size) {
        array.remove(size - 1);
      }
    } else if (position == size + 1) {
      array.add(JsonValues.node(value));
    } else {
      array.set(position - 1, replacement(array.get(position - 1), value));
    }
  }

  /** {@code {}} stands for an empty array where there was an array. */
  private static JsonNode replacement(@Nullable JsonNode old, LuaValue value) {
    JsonNode made = JsonValues.node(value);
    return old != null && old.isArray() && value.istable() && made.isEmpty()
        ? JsonDocument.nodes().arrayNode()
        : made;
  }

  @Override
  public void insert(int position, LuaValue value) {
    array().insert(position - 1, JsonValues.node(value));
    document.markChanged();
  }

  @Override
  public LuaValue remove(int position) {
    LuaValue removed = JsonValues.value(document, array().remove(position - 1));
    document.markChanged();
    return removed;
  }

  private ArrayNode array() {
    if (node instanceof ArrayNode array) {
      return array;
    }
    throw new LuaError("a JSON object is not a list");
  }

  @Override
  public LuaValue len() {
    return valueOf(length());
  }

  /** Of an object: 0, as {@code #} counts lists. */
  @Override
  public int length() {
    return isArray() ? node.size() : 0;
  }

  @Override
  public int rawlen() {
    return length();
  }

  /** Walks a snapshot of the keys in their order. */
  @Override
  public Varargs walk() {
    Budget.current().charge(node.size());
    List<LuaValue> keys = new ArrayList<>(node.size());
    if (isArray()) {
      for (int i = 1; i <= node.size(); i++) {
        keys.add(valueOf(i));
      }
    } else {
      node.fieldNames().forEachRemaining(name -> keys.add(Text.ofUtf8(name)));
    }
    int[] at = {0};
    Builtin.Body step = args -> {
      while (at[0] < keys.size()) {
        LuaValue key = keys.get(at[0]++);
        LuaValue value = get(key);
        if (!value.isnil()) {
          return varargsOf(key, value);
        }
      }
      return NIL;
    };
    return varargsOf(new Builtin("pairs", step, this), this, NIL);
  }

  /** The same place of the same document. */
  @Override
  @SuppressWarnings("ReferenceEquality")
  public boolean raweq(LuaUserdata other) {
    return other instanceof JsonView view && view.node == node;
  }

  @Override
  public boolean eq_b(LuaValue other) {
    return other.raweq(this);
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(node);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonView view && raweq(view);
  }

  @Override
  public LuaValue setmetatable(LuaValue metatable) {
    throw new LuaError("JSON has no metatable");
  }

  @Override
  public String tojstring() {
    return isArray() ? "json array" : "json object";
  }

  /** With its document, which it may have been taken out of. */
  @Override
  public void weigh(Scale scale) {
    document.weigh(scale);
    JsonDocument.weigh(node, scale);
  }
}
