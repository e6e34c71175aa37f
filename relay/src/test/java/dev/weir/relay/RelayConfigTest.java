package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ConfigLoader;
import dev.weir.unit.BucketName;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayConfigTest {
  @Test
  void givesABucketOfNoFileWhatOneInAFileHasByDefault(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("relay.yaml"), """
        data: here
        buckets:
          shop: {}
        """);

    RelayConfig read = ConfigLoader.system().load(file, RelayConfig.class);

    assertThat(read.buckets().get(new BucketName("shop"))).isEqualTo(RelayConfig.Bucket.DEFAULTS);
  }
}
