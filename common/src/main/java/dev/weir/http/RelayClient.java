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
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * A role's line to its relay: sends calls, and gives answers and failures alike as values. Follows
 * no redirect, tries nothing again. Thread-safe.
 */
public final class RelayClient implements Closeable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_CALLS = 32;

  /** What came of a call. */
  public sealed interface Reply {
    /** The relay, or something in its place, answered. */
    record Answer(int status, Headers headers, byte[] body) implements Reply {}

    /** There was no whole answer: whether the relay heard the call is unknown. */
    record Unreachable(String reason) implements Reply {}
  }

  private final String base;
  private final OkHttpClient client;

  private RelayClient(String base, OkHttpClient client) {
    this.base = base;
    this.client = client;
  }

  /** @throws IOException if a TLS file cannot be read; nothing is connected yet */
  public static RelayClient open(RelayConnection connection) throws IOException {
    return new RelayClient(connection.url().toString(), okHttp(connection));
  }

  /**
   * A client that sends the token, adds nothing that was not asked for, and leaves the limit on a
   * call's time to whoever calls: a long poll may be silent for long.
   *
   * @throws IOException if a TLS file cannot be read; nothing is connected yet
   */
  public static OkHttpClient okHttp(RelayConnection connection) throws IOException {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(MAX_CALLS);
    dispatcher.setMaxRequestsPerHost(MAX_CALLS);
    OkHttpClient.Builder builder = new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectTimeout(CONNECT_TIMEOUT)
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .followRedirects(false)
        .followSslRedirects(false)
        .addInterceptor(chain -> chain.proceed(signed(chain.request(), connection.token())));
    if (connection.url().isTls()) {
      Tls.Client tls = Tls.client(connection.tls());
      builder.sslSocketFactory(tls.context().getSocketFactory(), tls.trustManager());
    }
    return builder.build();
  }

  private static Request signed(Request request, @Nullable Secret token) {
    Request.Builder signed = request.newBuilder().header("User-Agent", "weir");
    if (request.header("Accept-Encoding") == null) {
      signed.header("Accept-Encoding", "identity"); // else OkHttp asks for gzip
    }
    if (token != null) {
      signed.header("Authorization", "Bearer " + token.reveal());
    }
    return signed.build();
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
    return send(request(path, headers).post(new Once(body)), timeout, limit);
  }

  /** Likewise, without a body. */
  public CompletableFuture<Reply> get(
      String path, Headers headers, Duration timeout, ByteSize limit) {
    return send(request(path, headers), timeout, limit);
  }

  private CompletableFuture<Reply> send(Request.Builder request, Duration timeout, ByteSize limit) {
    Call call = client.newCall(request.build());
    call.timeout().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    Pending reply = new Pending(call, limit);
    call.enqueue(reply);
    return reply;
  }

  private Request.Builder request(String path, Headers headers) {
    Request.Builder request = new Request.Builder().url(base + path);
    for (Headers.Field field : headers) {
      request.header(field.name(), field.value());
    }
    return request;
  }

  /** Ends the calls under way; their replies say so. Idempotent. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  /** A body that OkHttp does not send again by itself, as it else would after a 408 or a 503. */
  private static final class Once extends RequestBody {
    private final byte[] bytes;

    Once(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public @Nullable MediaType contentType() {
      return null; // among the headers
    }

    @Override
    public long contentLength() {
      return bytes.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink to) throws IOException {
      to.write(bytes);
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
