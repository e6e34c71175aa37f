package dev.weir.script.lib;

import com.fasterxml.jackson.databind.JsonNode;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;

/**
 * A number of JSON with more digits than Lua's numbers hold, such as 9007199254740993. It can be
 * compared for equality, copied and written with {@code tostring}, not reckoned with.
 */
final class JsonNumber extends LuaUserdata {
  private final JsonNode node;

  JsonNumber(JsonNode node) {
    super(node.asText());
    this.node = node;
  }

  JsonNode node() {
    return node;
  }

  @Override
  public String tojstring() {
    return node.asText();
  }

  @Override
  public LuaValue tostring() {
    return LuaString.valueOf(node.asText());
  }

  @Override
  public LuaValue concat(LuaValue right) {
    return tostring().concat(right);
  }

  @Override
  public LuaValue concatTo(LuaString left) {
    return left.concat(tostring());
  }

  @Override
  public LuaValue setmetatable(LuaValue metatable) {
    throw new LuaError("a number has no metatable");
  }
}
