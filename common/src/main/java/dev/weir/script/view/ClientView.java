package dev.weir.script.view;

import dev.weir.capture.Client;
import dev.weir.script.engine.Text;
import org.luaj.vm2.LuaValue;

/** {@code req.client}. */
final class ClientView extends View {
  static final Fields<ClientView> FIELDS = new Fields<ClientView>()
      .readOnly(
          "ip", view -> view.client.address().isEmpty() ? NIL : Text.ofWire(view.client.address()))
      .readOnly("port", view -> view.client.port() == 0 ? NIL : valueOf(view.client.port()));

  private final Client client;

  ClientView(Client client) {
    super("req.client", scale -> {});
    this.client = client;
  }

  @Override
  public LuaValue get(LuaValue key) {
    return FIELDS.get(this, key);
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    FIELDS.set(this, key, value);
  }
}
