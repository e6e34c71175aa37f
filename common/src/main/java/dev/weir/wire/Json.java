package dev.weir.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.capture.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON of the roles' talk. Keys that a reader does not know are skipped: a newer peer may send
 * them.
 */
public final class Json {
  public static final JsonMapper MAPPER = JsonMapper.builder()
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
      .build();

  private Json() {}

  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** One line. */
  public static String text(Object value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  /**
   * @throws MalformedException if the bytes are not JSON of that form; the message names the place
   */
  public static <T> T read(byte[] bytes, Class<T> type) throws MalformedException {
    T value;
    try {
      value = MAPPER.readValue(bytes, type);
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new MalformedException(e.getOriginalMessage(), at);
    } catch (IOException e) {
      // of bytes in memory it can only be about the bytes: they are in no encoding of Unicode
      throw new MalformedException(String.valueOf(e.getMessage()), 0);
    }
    if (value == null) {
      throw new MalformedException("null where an object was expected", 0);
    }
    return value;
  }
}
