package dev.weir.player.target;

import dev.weir.http.TlsFiles;
import dev.weir.unit.BucketName;
import dev.weir.wire.LeaseRequest.Order;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a target may use of its player.
 *
 * @param player the player's name
 * @param bucket where the captures come from
 * @param concurrency the most attempts under way at once
 * @param data the player's data directory; a target keeps its own state in a folder of its name
 * @param tls opens the certificates that a target uses, so that the player can read them again
 * @param answer how many bytes of an answer's body are of interest
 */
public record TargetContext(
    String player,
    BucketName bucket,
    Order order,
    int concurrency,
    Path data,
    TlsFiles tls,
    InstantSource clock,
    int answer) {}
