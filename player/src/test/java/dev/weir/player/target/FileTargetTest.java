package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.capture.Capture;
import dev.weir.capture.Captures;
import dev.weir.http.TlsFiles;
import dev.weir.player.target.FileTarget.Fsync;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.wire.CaptureJson;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileTargetTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir
  Path folder;

  @ParameterizedTest
  @EnumSource(Fsync.class)
  void writesCapturesInOrderAndLosesNothingOfThem(Fsync fsync) throws Exception {
    List<Capture> captures =
        List.of(Captures.full(), Captures.get("/"), Captures.post("/", "caf\u00e9 \ud83d\ude00"));
    Path path = folder.resolve("out.jsonl");
    try (Target target =
        new FileTarget.Config(path, ByteSize.ofMegabytes(1), 3, fsync).open(context())) {
      List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
      for (Capture capture : captures) {
        outcomes.add(target.deliver(Attempts.of(capture), TIMEOUT));
      }
      for (CompletionStage<Outcome> outcome : outcomes) {
        assertThat(get(outcome)).isEqualTo(new Delivered(null));
      }
    }

    List<String> lines = Files.readAllLines(path);
    assertThat(lines).hasSize(3);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = Json.MAPPER.readTree(lines.get(i));
      assertThat(CaptureJson.readCapture(line)).isEqualTo(captures.get(i));
      assertThat(line.get("id").asText()).isEqualTo(Attempts.RUN + "-7");
      assertThat(line.get("attempt").asInt()).isEqualTo(2);
    }
  }

  @Test
  void triesAgainWhenTheDiskIsFull() throws Exception {
    LineFile full =
        new LineFile(folder.resolve("out.jsonl"), ByteSize.ofMegabytes(1), 3, (to, bytes) -> {
          throw new IOException("No space left on device");
        });
    try (Target target = new FileTarget(full, false, "target-test").start()) {
      assertThat(get(target.deliver(Attempts.get("s", "/"), TIMEOUT)))
          .isEqualTo(new Retry("No space left on device"));
    }
  }

  @Test
  void failsWhatItHasNotWrittenWhenItCloses() throws Exception {
    LineFile file =
        new LineFile(folder.resolve("out.jsonl"), ByteSize.ofMegabytes(1), 3, LineFile.Write.ALL);
    Target notStarted = new FileTarget(file, false, "target-test");
    CompletionStage<Outcome> outcome = notStarted.deliver(Attempts.get("s", "/"), TIMEOUT);

    notStarted.close();

    assertThat(get(outcome)).isEqualTo(new Retry("the target is closed"));
  }

  @Test
  void answersInTimeWhenTheDiskDoesNot() throws Exception {
    LineFile file =
        new LineFile(folder.resolve("out.jsonl"), ByteSize.ofMegabytes(1), 3, LineFile.Write.ALL);
    try (Target notStarted = new FileTarget(file, false, "target-test")) {
      assertThat(get(notStarted.deliver(Attempts.get("s", "/"), Duration.ofMillis(50))))
          .isEqualTo(new Retry("not on the disk in time"));
    }
  }

  private TargetContext context() {
    return new TargetContext(
        "player-1",
        new BucketName("shop"),
        Order.SESSION,
        16,
        folder,
        new TlsFiles(),
        InstantSource.fixed(Attempts.AT),
        Outcome.MAX_ANSWER);
  }

  private static Outcome get(CompletionStage<Outcome> outcome) throws Exception {
    return outcome.toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
