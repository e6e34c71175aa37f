package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * All of a dead capture.
 *
 * @param answer the beginning of the target's last answer, base64 in JSON; null: there was none
 * @param capture as {@link CaptureJson} writes it; null: it cannot be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadDetail(
    DeadPage.Dead dead, byte @Nullable [] answer, @Nullable JsonNode capture) {}
