package dev.weir.http;

import dev.weir.capture.Headers;
import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.unit.ByteSize;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * A role's line to its relay: sends calls, and gives answers and failures alike as values. Follows
 * no redirect, tries nothing again. Thread-safe.
 */
public final class RelayClient implements Closeable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** So many are under way at once, beside those that wait for long. */
  private static final int MAX_CALLS = 32;

  /** What came of a call. */
  public sealed interface Reply {
    /** The relay, or something in its place, answered. */
    record Answer(int status, Headers headers, byte[] body) implements Reply {}

    /** There was no whole answer: whether the relay heard the call is unknown. */
    record Unreachable(String reason) implements Reply {}
  }

  /** Whose calls and idle connections every line shares; speaks no TLS. */
  private final OkHttpClient plain;

  private volatile Line line;

  /** Where to call, as whom and how. A call under way keeps the one that it began with. */
  private record Line(String base, @Nullable Secret token, OkHttpClient client) {
    static Line of(RelayConnection relay, OkHttpClient plain) throws IOException {
      return new Line(
          relay.url().toString(),
          relay.token(),
          relay.url().isTls() ? secure(plain, Tls.client(relay.tls())) : plain);
    }
  }

  private RelayClient(OkHttpClient plain, Line line) {
    this.plain = plain;
    this.line = line;
  }

  /** @throws IOException if a TLS file cannot be read; nothing is connected yet */
  public static RelayClient open(RelayConnection relay) throws IOException {
    return open(relay, 0);
  }

  /**
   * @param waiting calls that may wait at the relay for long without keeping others from it
   * @throws IOException if a TLS file cannot be read; nothing is connected yet
   */
  public static RelayClient open(RelayConnection relay, int waiting) throws IOException {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(MAX_CALLS + waiting);
    dispatcher.setMaxRequestsPerHost(MAX_CALLS + waiting);
    // whoever calls limits the time of a call: a long poll may be silent for long
    OkHttpClient plain = new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectTimeout(CONNECT_TIMEOUT)
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .followRedirects(false)
        .followSslRedirects(false)
        .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT)) // else it loads Java's authorities
        .build();
    return new RelayClient(plain, Line.of(relay, plain));
  }

  private static OkHttpClient secure(OkHttpClient plain, Tls.Client tls) {
    HostnameVerifier check = plain.hostnameVerifier();
    return plain
        .newBuilder()
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS))
        .sslSocketFactory(tls.sockets(), tls.trustManager())
        .hostnameVerifier(
            tls.serverName() == null
                ? check
                : (host, session) -> check.verify(tls.nameOf(host), session))
        .build();
  }

  /**
   * Calls as {@code relay} says from now on; reads its TLS files.
   *
   * @throws IOException if one cannot be read; then all stays as it was
   */
  public void use(RelayConnection relay) throws IOException {
    line = Line.of(relay, plain);
  }

  /**
   * Posts {@code body}. The reply comes within {@code timeout}, never exceptionally, on a thread of
   * this client: hand off, do not work there. Cancelling the future ends the call.
   *
   * @param headers beside Authorization and what frames the message
   * @param limit a longer answer is none
   */
  public CompletableFuture<Reply> post(
      String path, Headers headers, byte[] body, Duration timeout, ByteSize limit) {
    return post(path, headers, new Buffer().write(body), timeout, limit);
  }

  /** The same; the body is the call's from now on. */
  public CompletableFuture<Reply> post(
      String path, Headers headers, Buffer body, Duration timeout, ByteSize limit) {
    Line now = line;
    return send(now, request(now, path, headers).post(new Once(body)), timeout, limit);
  }

  /** Likewise, without a body. */
  public CompletableFuture<Reply> get(
      String path, Headers headers, Duration timeout, ByteSize limit) {
    Line now = line;
    return send(now, request(now, path, headers), timeout, limit);
  }

  private static CompletableFuture<Reply> send(
      Line line, Request.Builder request, Duration timeout, ByteSize limit) {
    OkHttpClient client = line.client();
    Pending reply = new Pending(client.newCall(request.build()), limit);
    reply.start(timeout, client.dispatcher());
    return reply;
  }

  private static Request.Builder request(Line line, String path, Headers headers) {
    Request.Builder request = new Request.Builder()
        .url(line.base() + path)
        .header("User-Agent", "weir")
        .header("Accept-Encoding", "identity"); // else OkHttp asks for gzip
    for (Headers.Field field : headers) {
      request.header(field.name(), field.value());
    }
    Secret token = line.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + token.reveal());
    }
    return request;
  }

  /** Ends the calls under way; their replies say so. Idempotent. */
  @Override
  public void close() {
    plain.dispatcher().cancelAll();
    plain.dispatcher().executorService().shutdown();
    plain.connectionPool().evictAll();
  }

  /** A body that OkHttp does not send again by itself, as it else would after a 408 or a 503. */
  private static final class Once extends RequestBody {
    private final Buffer bytes;
    private final long length;

    Once(Buffer bytes) {
      this.bytes = bytes;
      this.length = bytes.size();
    }

    @Override
    public @Nullable MediaType contentType() {
      return null; // among the headers
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink to) throws IOException {
      to.write(bytes, length);
    }
  }

  /** A call under way. */
  private static final class Pending extends CompletableFuture<Reply> implements Callback {
    private final Call call;
    private final ByteSize limit;

    Pending(Call call, ByteSize limit) {
      this.call = call;
      this.limit = limit;
    }

    /** The clock runs while the call waits for others, too: OkHttp's own starts when it begins. */
    void start(Duration timeout, Dispatcher dispatcher) {
      CompletableFuture<Boolean> clock = new CompletableFuture<Boolean>()
          .completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS);
      CompletionStage<Boolean> stopped = clock;
      CompletionStage<Reply> over = this;
      stopped.thenAccept(late -> {
        if (late) {
          dispatcher.executorService().execute(this::timeOut);
        }
      });
      over.whenComplete((reply, cancelled) -> clock.complete(false));
      call.enqueue(this);
    }

    private void timeOut() {
      complete(new Reply.Unreachable("timeout"));
      call.cancel();
    }

    @Override
    public void onResponse(Call call, Response response) {
      complete(read(response));
    }

    @Override
    public void onFailure(Call call, IOException e) {
      complete(unreachable(e));
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      call.cancel();
      return super.cancel(mayInterrupt);
    }

    private Reply read(Response response) {
      try (response) {
        BufferedSource body = response.body().source();
        if (body.request(limit.bytes() + 1)) {
          return new Reply.Unreachable("an answer of more than " + limit);
        }
        List<Headers.Field> fields = new ArrayList<>();
        response
            .headers()
            .forEach(pair -> fields.add(new Headers.Field(pair.getFirst(), pair.getSecond())));
        return new Reply.Answer(response.code(), Headers.of(fields), body.readByteArray());
      } catch (IOException e) {
        return unreachable(e);
      }
    }

    private static Reply unreachable(IOException e) {
      String message = e.getMessage();
      return new Reply.Unreachable(message == null ? e.getClass().getSimpleName() : message);
    }
  }
}
