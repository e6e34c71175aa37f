package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.http.Budget;
import dev.weir.http.Refusal;
import dev.weir.http.Refusals;
import dev.weir.loop.Ticker;
import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import dev.weir.proxy.source.HttpSource.Recorded;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeadCopyTest {
  private static final Peer PEER = new Peer(new Client("192.0.2.7", 4711), "http", 1);

  private final RecordingIntake intake = new RecordingIntake();
  private final Budget budget = new Budget(new ByteSize(100_000));

  private record Head(Headers headers) implements RequestHead {
    /** Of so many fields of a hundred octets. */
    static Head of(int fields) {
      List<Headers.Field> all = new ArrayList<>();
      all.add(new Headers.Field("Host", "shop"));
      for (int i = 1; i < fields; i++) {
        all.add(new Headers.Field("X-" + i, "x".repeat(100)));
      }
      return new Head(Headers.of(all));
    }

    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String target() {
      return "/cart";
    }

    @Override
    public String version() {
      return "HTTP/1.1";
    }

    @Override
    public List<String> values(String name) {
      return headers.all(name);
    }
  }

  private @Nullable Recording begin(int fields) {
    Recording.Plan plan =
        new Recording.Plan("web", Recorded.NONE, 1_000, budget, intake, Ticker.SYSTEM);
    return Recording.begin(plan, Instant.EPOCH, "s", Head.of(fields), PEER);
  }

  @Test
  void needsNothingForAUsualHead() {
    assertThat(begin(10)).isNotNull();
    assertThat(budget.taken().bytes()).isZero();
  }

  @Test
  void holdsALargeHeadUntilItIsHandedOver() throws Exception {
    Recording whole = begin(300);
    Recording left = begin(100);
    long both = budget.taken().bytes();
    assertThat(both).isBetween(400 * 228L, 100_000L);
    assertThat(begin(100)).as("there is no room for a third").isNull();

    whole.requestEnd(Headers.NONE);
    whole.end();
    left.end();
    assertThat(budget.taken().bytes()).isZero();
    assertThat(begin(300)).isNotNull();
    Request request = intake.next().request();
    assertThat(request.headers()).isEqualTo(Head.of(300).headers());
    assertThat(request.authority()).isEqualTo("shop");
    assertThat(request.body()).isEqualTo(Body.EMPTY);
    assertThat(intake.nextPassed()).isEqualTo(Intake.PassReason.ABANDONED);
  }

  @Test
  void losesARequestThatItFailsOn() {
    Recording failed = begin(300);
    failed.failed();
    assertThat(intake.lost()).isEqualTo(1);
    assertThat(budget.taken().bytes()).isZero();
  }

  @Test
  void takesNoRoomForASenderThatMayNotSend() {
    IngestSource.Answer answer = new IngestSource.Answer(202, "", "text/plain");
    Refusals refusals = new Refusals();
    Ingestion.Plan open =
        new Ingestion.Plan("hooks", null, 1_000, budget, answer, intake, refusals);
    Ingestion.Plan guarded =
        new Ingestion.Plan("hooks", Sha256.of("s3cret"), 1_000, budget, answer, intake, refusals);

    new Ingestion(guarded, Instant.EPOCH, "s", Head.of(300), PEER);
    assertThat(budget.taken().bytes()).isZero();
    assertThat(refusals.of(Refusal.UNAUTHORIZED)).isEqualTo(1);
    new Ingestion(open, Instant.EPOCH, "s", Head.of(300), PEER);
    assertThat(budget.taken().bytes()).isPositive();
  }
}
