package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.config.Secret;
import dev.weir.http.TlsFiles;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.SourceName;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IngestSourceTest {
  private static final String POST = "POST /hook?a=%2F HTTP/1.1¶Host: me¶Content-Length: 5¶¶hello";
  private static final String ACCEPTED =
      "HTTP/1.1 202 Accepted¶Content-Type: text/plain¶Content-Length: 3¶¶yes";

  @TempDir
  Path data;

  private final RecordingIntake intake = new RecordingIntake();
  private IngestSource source;

  @BeforeEach
  void start() throws IOException {
    source = open(null, new IngestSource.Answer(202, "yes", "text/plain"));
  }

  private IngestSource open(Secret token, IngestSource.Answer answer) throws IOException {
    IngestSource opened = new IngestSource.Config(
            new SourceName("hooks"),
            ListenAddress.parse("127.0.0.1:0"),
            null,
            List.of(new BucketName("hooks")),
            token,
            answer,
            new ByteSize(1000),
            new ClientLimits(10_000, ByteRate.parse("1KB/s")),
            List.of())
        .open(new SourceContext("web-1", data, new TlsFiles(), InstantSource.system()));
    opened.start(intake);
    return opened;
  }

  @AfterEach
  void stop() {
    source.close();
  }

  @Test
  void answersOnceTheCaptureIsStoredAndNotBefore() throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    intake.answer(verdict);
    try (Wire client = Wire.to(source.address())) {
      client.send(POST);
      Capture capture = intake.next();
      assertThat(capture.source()).isEqualTo("hooks");
      assertThat(capture.request().target()).isEqualTo("/hook?a=%2F");
      assertThat(Wire.text(capture.request().body().bytes())).isEqualTo("hello");
      assertThat(client.hasSomething()).isFalse();
      verdict.complete(new Verdict.Stored());
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
      intake.answer(CompletableFuture.completedStage(new Verdict.Filtered("dropped")));
      client.send(POST);
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
    }
  }

  @Test
  void waitsForManyVerdictsAtOnceWithoutAThreadForEach() throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    intake.answer(verdict);
    List<Wire> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clients.add(Wire.to(source.address()).send(POST));
    }
    for (int i = 0; i < 200; i++) {
      intake.next();
    }
    verdict.complete(new Verdict.Stored());
    for (Wire client : clients) {
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
      client.close();
    }
  }

  @Test
  void says503AndWhenToComeAgainIfItCannotBeStored() throws Exception {
    intake.answer(CompletableFuture.completedStage(
        new Verdict.Refused("the spool is full", Duration.ofMillis(4200))));
    try (Wire client = Wire.to(source.address())) {
      client.send(POST);
      String head = client.head();
      assertThat(head).startsWith("HTTP/1.1 503 ").contains("¶Retry-After: 5¶");
      assertThat(client.read(18)).isEqualTo("the spool is full\n");
      intake.answer(CompletableFuture.completedStage(new Verdict.Stored()));
      client.send(POST);
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
    }
  }

  @Test
  void says422IfAHookFailsOnIt() throws Exception {
    intake.answer(CompletableFuture.completedStage(new Verdict.Rejected("scrub.lua:3: no body")));
    try (Wire client = Wire.to(source.address())) {
      client.send(POST);
      assertThat(client.head()).startsWith("HTTP/1.1 422 ");
      assertThat(client.read(21)).isEqualTo("scrub.lua:3: no body\n");
    }
  }

  @Test
  void refusesWhatIsTooLargeAndNeverCutsIt() throws Exception {
    try (Wire known = Wire.to(source.address());
        Wire chunked = Wire.to(source.address())) {
      known.send("POST / HTTP/1.1¶Host: a¶Content-Length: 1001¶¶");
      assertThat(known.head()).startsWith("HTTP/1.1 413 ");
      chunked.send("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶");
      for (int i = 0; i < 4; i++) {
        chunked.send("100¶" + "x".repeat(256) + "¶");
      }
      assertThat(chunked.head()).startsWith("HTTP/1.1 413 ");
      assertThat(intake.waiting()).isZero();
    }
    try (Wire just = Wire.to(source.address())) {
      just.send("POST / HTTP/1.1¶Host: a¶Content-Length: 1000¶¶" + "x".repeat(1000));
      assertThat(just.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
      assertThat(intake.next().request().body().isTruncated()).isFalse();
    }
  }

  @Test
  void asksForItsToken() throws Exception {
    try (IngestSource guarded = open(new Secret("s3cret"), new IngestSource.Answer(204, "", "x"));
        Wire client = Wire.to(guarded.address())) {
      client.send("GET / HTTP/1.1¶Host: a¶¶");
      assertThat(client.head()).startsWith("HTTP/1.1 401 ").contains("¶WWW-Authenticate: Bearer¶");
      client.read(30);
      client.send("GET / HTTP/1.1¶Host: a¶Authorization: Bearer s3creT¶¶");
      assertThat(client.head()).startsWith("HTTP/1.1 401 ");
      client.read(30);
      assertThat(intake.waiting()).isZero();
      client.send("GET / HTTP/1.1¶Host: a¶Authorization: bearer s3cret¶¶");
      assertThat(client.head()).isEqualTo("HTTP/1.1 204 No Content¶¶");
      assertThat(intake.next().request().headers())
          .as("the token is the source's own")
          .isEqualTo(Headers.of("Host", "a"));
    }
  }

  @Test
  void keepsCredentialsThatItDoesNotAskFor() throws Exception {
    try (Wire client = Wire.to(source.address())) {
      client.send("GET / HTTP/1.1¶Host: a¶Authorization: Basic YTpi¶¶");
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
      assertThat(intake.next().request().headers().get("Authorization")).isEqualTo("Basic YTpi");
    }
  }

  @Test
  void invitesAClientThatWaitsToBeInvited() throws Exception {
    try (Wire client = Wire.to(source.address())) {
      client.send("POST / HTTP/1.1¶Host: a¶Expect: 100-continue¶Content-Length: 5¶¶");
      assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue¶¶");
      client.send("hello");
      assertThat(client.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
    }
  }

  @Test
  void forgetsARequestThatIsAbandoned() throws Exception {
    Wire client = Wire.to(source.address());
    client.send("POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶he").reset();
    try (Wire other = Wire.to(source.address())) {
      other.send(POST);
      assertThat(other.readAs(ACCEPTED)).isEqualTo(ACCEPTED);
      intake.next();
      assertThat(intake.waiting()).isZero();
    }
  }
}
