package dev.weir.script.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of bodies, their coding and their length. */
final class BodyTest {
  private static final String MASK = "req.json.email = 'x'";
  private static final String JSON = "{\"email\":\"jane@example.org\",\"id\":9007199254740993}";
  private static final String MASKED = "{\"email\":\"x\",\"id\":9007199254740993}";

  @TempDir
  private Path folder;

  private Result run(String script, Capture capture) throws Exception {
    try (Hook hook = Scripts.capturing(folder, script)) {
      return hook.run(capture);
    }
  }

  private Capture kept(String script, Capture capture) throws Exception {
    Result result = run(script, capture);
    assertThat(result).isInstanceOf(Result.Kept.class);
    return ((Result.Kept) result).emissions().get(0).capture();
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = new GZIPOutputStream(out)) {
      to.write(plain);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] plain, boolean raw) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = new DeflaterOutputStream(out, new Deflater(6, raw))) {
      to.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void editsABodyUnderGzip() throws Exception {
    byte[] encoded = gzip(JSON.getBytes(UTF_8));
    Capture after = kept(
        MASK,
        Captures.of(
            "POST",
            "/",
            Body.of(encoded),
            "content-encoding",
            "gzip",
            "X-A",
            "1",
            "content-length",
            "" + encoded.length,
            "X-B",
            "2"));

    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(after.request().body().bytes()))) {
      assertThat(in.readAllBytes()).asString().isEqualTo(MASKED);
    }
    assertThat(after.request().headers())
        .isEqualTo(Headers.of(
            "content-encoding",
            "gzip",
            "X-A",
            "1",
            "content-length",
            "" + after.request().body().size(),
            "X-B",
            "2"));
  }

  @Test
  void editsABodyUnderDeflateWithAndWithoutItsWrapper() throws Exception {
    for (boolean raw : new boolean[] {false, true}) {
      Capture after = kept(
          MASK,
          Captures.of(
              "POST",
              "/",
              Body.of(deflate(JSON.getBytes(UTF_8), raw)),
              "Content-Encoding",
              "deflate"));
      try (InputStream in = new InflaterInputStream(
          new ByteArrayInputStream(after.request().body().bytes()))) {
        assertThat(in.readAllBytes()).asString().isEqualTo(MASKED);
      }
    }
  }

  @Test
  void undoesCodingsInTheirOrder() throws Exception {
    byte[] encoded = gzip(deflate(JSON.getBytes(UTF_8), false));
    Capture after = kept(
        "req.meta.email = req.json.email",
        Captures.of("POST", "/", Body.of(encoded), "Content-Encoding", "deflate, gzip"));
    assertThat(after.meta()).containsEntry("email", "jane@example.org");
    assertThat(after.request().body().bytes()).isSameAs(encoded).isEqualTo(encoded);
  }

  @Test
  void storesPlainWhenTheCodingIsRemoved() throws Exception {
    byte[] encoded = gzip(JSON.getBytes(UTF_8));
    Capture after = kept(
        "req.headers['Content-Encoding'] = nil",
        Captures.of(
            "POST",
            "/",
            Body.of(encoded),
            "Content-Encoding",
            "gzip",
            "Content-Length",
            "" + encoded.length));
    assertThat(after.request().body().bytes()).asString().isEqualTo(JSON);
    assertThat(after.request().headers())
        .isEqualTo(Headers.of("Content-Length", "" + JSON.length()));
  }

  @Test
  void neitherCopiesNorDecodesWhatIsNotTouched() throws Exception {
    Body damaged = Body.of(new byte[] {1, 2, 3});
    Capture after = kept(
        "req.headers['X'] = '1' req.meta.size = req.size",
        Captures.of("POST", "/", damaged, "Content-Encoding", "gzip", "Content-Length", "3"));
    assertThat(after.request().body()).isSameAs(damaged);
    assertThat(after.request().headers().get("Content-Length")).isEqualTo("3");
    assertThat(after.meta()).containsEntry("size", "3");
  }

  @Test
  void keepsContentLengthRight() throws Exception {
    Capture before = Captures.post("/", "four", "Content-Length", "4");
    assertThat(kept("req.body = 'x'", before).request().headers().get("Content-Length"))
        .isEqualTo("1");
    assertThat(kept("req.body = ''", before).request().headers().get("Content-Length"))
        .isEqualTo("0");
    assertThat(kept("req.headers['Content-Length'] = 99", before).request().headers())
        .isEqualTo(before.request().headers());
    assertThat(kept("req.headers['Content-Length'] = nil", before)
            .request()
            .headers()
            .get("Content-Length"))
        .isEqualTo("4");
    assertThat(
            kept("req.body = 'new'", Captures.get("/")).request().headers().get("Content-Length"))
        .isEqualTo("3");
    assertThat(kept("req.body = 'new'", Captures.post("/", "x", "Transfer-Encoding", "chunked"))
            .request()
            .headers())
        .isEqualTo(Headers.of("Transfer-Encoding", "chunked"));
  }

  @Test
  void keepsBinaryBodies() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    Capture after = kept(
        "req.body = req.body:reverse():reverse() .. req.body",
        Captures.of("POST", "/", Body.of(all)));
    assertThat(after.request().body().bytes()).startsWith(all).endsWith(all).hasSize(512);
  }

  @Test
  void failsClosedOnWhatItCannotDecode() throws Exception {
    assertThat(
            run(MASK, Captures.of("POST", "/", Body.of(new byte[] {1}), "Content-Encoding", "br")))
        .isEqualTo(new Result.Failed("test.lua:2: the body is encoded with \"br\", which scripts"
            + " cannot read; supported: gzip, deflate"));
    assertThat(run(
            MASK, Captures.of("POST", "/", Body.of(new byte[] {1, 2}), "Content-Encoding", "gzip")))
        .isInstanceOf(Result.Failed.class);
    byte[] encoded = gzip(JSON.getBytes(UTF_8));
    assertThat(run(
            MASK,
            Captures.of("POST", "/", Body.truncated(encoded, 1000), "Content-Encoding", "gzip")))
        .isInstanceOf(Result.Failed.class);
  }

  @Test
  void refusesBombs() throws Exception {
    byte[] bomb = gzip(new byte[100 << 20]);
    assertThat(run(
            "return #req.body",
            Captures.of("POST", "/", Body.of(bomb), "Content-Encoding", "gzip")))
        .isInstanceOf(Result.Failed.class);
    assertStops("req.meta.n = #req.json", "[" + "[],".repeat(4 << 20) + "1]");
    assertStops("req.meta.x = req.json.x", "{\"x\":" + "[".repeat(1000) + "]".repeat(1000) + "}");
    assertStops("req.meta.x = req.form.x or ''", "&".repeat(12 << 20));
    assertStops("req.meta.x = re.match(req.body, '(x+x+)+y')", "x".repeat(8 << 20));
  }

  @Test
  void countsWhatEachOfSeveralCodingsTakes() throws Exception {
    byte[] nested = new byte[12 << 20];
    for (int i = 0; i < 3; i++) {
      nested = stored(nested);
    }
    Capture bomb = Captures.of(
        "POST", "/", Body.of(gzip(nested)), "Content-Encoding", "gzip, gzip, gzip, gzip");
    long before = allocated();
    assertThat(run("return #req.body > 0", bomb))
        .asString()
        .contains("stopped: the call used more than");
    assertThat(allocated() - before).as("not found out afterwards").isLessThan(120L << 20);
  }

  /** Under gzip, and larger than without it: what follows a stream is passed over. */
  private static byte[] stored(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length + 1024);
    try (OutputStream to = new GZIPOutputStream(out) {
      {
        def.setLevel(Deflater.NO_COMPRESSION);
      }
    }) {
      to.write(plain);
    }
    return Arrays.copyOf(out.toByteArray(), out.size() + (1 << 20));
  }

  @Test
  void undoesFourCodingsAndNoMore() throws Exception {
    byte[] body = JSON.getBytes(UTF_8);
    for (int i = 0; i < 4; i++) {
      body = gzip(body);
    }
    assertThat(run(
            "return req.json.email == 'jane@example.org'",
            Captures.of("POST", "/", Body.of(body), "Content-Encoding", "gzip, gzip, gzip, gzip")))
        .isInstanceOf(Result.Kept.class);
    Capture five = Captures.of(
        "POST", "/", Body.of(gzip(body)), "Content-Encoding", "gzip, gzip, gzip, gzip, gzip");
    assertThat(run("return #req.body > 0", five))
        .isEqualTo(new Result.Failed(
            "test.lua:2: the body is encoded 5 times over; scripts read at most 4 codings"));
    assertThat(run("req.headers['X'] = '1'", five)).isInstanceOf(Result.Kept.class);
    assertThat(run(
            "req.headers['Content-Encoding'] = ('gzip, '):rep(1000)", Captures.post("/", "hello")))
        .isInstanceOf(Result.Failed.class);
  }

  /** Or sees nothing in it, which is as good: what must not happen is that memory fills up. */
  private void assertStops(String script, String body) throws Exception {
    Capture capture = Captures.post("/", body, "Content-Type", "application/x-www-form-urlencoded");
    long before = allocated();
    assertThat(run(script, capture)).isInstanceOf(Result.Failed.class);
    assertThat(allocated() - before).isLessThan(200L << 20);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void keepsATruncatedBodyMarkedAsSuch() throws Exception {
    Body start = Body.truncated("hello".getBytes(UTF_8), 1000);
    Capture after = kept(
        "req.meta.t = tostring(req.truncated) .. req.size req.body = 'HELLO!'",
        Captures.of("POST", "/", start, "Content-Length", "1000"));
    assertThat(after.meta()).containsEntry("t", "true1000");
    assertThat(after.request().body()).isEqualTo(Body.truncated("HELLO!".getBytes(UTF_8), 1001));
    assertThat(after.request().headers().get("Content-Length")).isEqualTo("1001");
  }
}
