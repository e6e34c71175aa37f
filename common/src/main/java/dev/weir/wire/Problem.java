package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.weir.capture.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON body of every answer that is not a success.
 *
 * @param error what was wrong, for people
 * @param expected with 409: the number that the relay wants next
 * @param seq with 422: the number that it refuses for good
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String error, @Nullable Long expected, @Nullable Long seq) {
  public static Problem of(String error) {
    return new Problem(error, null, null);
  }

  /** A relay's own words in an answer; null: those of something in between, such as a firewall. */
  public static @Nullable String errorIn(byte[] answer) {
    try {
      return Json.read(answer, Problem.class).error();
    } catch (MalformedException e) {
      return null;
    }
  }
}
