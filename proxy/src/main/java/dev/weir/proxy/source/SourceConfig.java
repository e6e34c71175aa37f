package dev.weir.proxy.source;

import dev.weir.config.Variants;
import dev.weir.script.ScriptSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.unit.SourceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry under {@code sources:}, a record that each source nests. To add a source, write its
 * class with the record and a {@link SourceType}, and name the type in
 * {@code META-INF/services/dev.weir.proxy.source.SourceType}.
 */
@Variants(SourceType.class)
public interface SourceConfig {
  /** Unique in the proxy; stands in every capture. */
  SourceName name();

  /** Where its captures go unless a script chooses; one at least. */
  List<BucketName> buckets();

  /** Hooks to run on its captures, in order. */
  List<ScriptSettings> scripts();

  /** Where it listens; null for a source that does not. */
  default @Nullable ListenAddress listen() {
    return null;
  }

  /** The site that it asks; null for a source that asks none. */
  default @Nullable Origin to() {
    return null;
  }

  /** How much of a body stands in a capture; more is cut or refused. */
  ByteSize bodyLimit();

  /** How many bodies a capture may have. */
  default int bodies() {
    return 1;
  }

  /** Builds the source; touches nothing yet. */
  Source open(SourceContext context);
}
