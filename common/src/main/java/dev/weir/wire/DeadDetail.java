package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * All of a dead capture.
 *
 * @param answer the beginning of the target's last answer, base64 in JSON; null: there was none
 * @param capture as {@link CaptureJson} writes it; null: it cannot be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadDetail(
    DeadPage.Dead dead, byte @Nullable [] answer, @Nullable JsonNode capture) {
  /** For people: an answer that is text is shown as such, any other as {@code answerBase64}. */
  public ObjectNode readable() {
    ObjectNode tree = Json.MAPPER.valueToTree(this);
    if (answer != null) {
      String text = CaptureJson.text(answer);
      if (text == null) {
        tree.set("answerBase64", tree.remove("answer"));
      } else {
        tree.put("answer", text);
      }
    }
    return tree;
  }
}
