package dev.weir.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Books;
import dev.weir.e2e.Numbered;
import dev.weir.e2e.NumberedSite;
import dev.weir.e2e.Traffic;
import dev.weir.e2e.fault.Cost;
import dev.weir.ledger.LossReason;
import dev.weir.relay.fleet.Totals;
import dev.weir.wire.ProxyReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The oracle sees what is wrong: here the line between the two sites is the test's own hand. */
class VerdictTest {
  private static final int SESSION = 1;
  private static final int SIZE = 32;
  private static final Strike NOTHING_ALLOWED =
      new Strike("nothing", Cost.NOTHING, Long.MIN_VALUE, Long.MAX_VALUE, 0);

  private final NumberedSite production = new NumberedSite();
  private final NumberedSite target = new NumberedSite();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Traffic traffic;
  private long sent;

  @BeforeEach
  void customersSendSomething() {
    Traffic customers = new Traffic(production.address(), new Traffic.Load(1, 200, SIZE), 0);
    try (customers) {
      customers.start();
      Awaitility.await().until(() -> customers.answers() >= 5);
    }
    traffic = customers;
    sent = customers.sent();
  }

  @AfterEach
  void close() {
    production.close();
    target.close();
  }

  private void arrive(long from, long before) throws Exception {
    for (long number = from; number < before; number++) {
      arrive(number, new Numbered(SESSION, number).body(SIZE));
    }
  }

  private void arrive(long number, byte[] body) throws Exception {
    send(target, number, body);
  }

  private void send(NumberedSite site, long number, byte[] body) throws Exception {
    URI uri = URI.create(site.url() + new Numbered(SESSION, number).path());
    client.send(
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body)).build(),
        BodyHandlers.discarding());
  }

  private Totals totals(long delivered, Map<LossReason, Long> lost, long imbalance) {
    TreeMap<String, Long> reasons = new TreeMap<>();
    lost.forEach((reason, count) -> reasons.put(reason.wireName(), count));
    long gone = lost.values().stream().mapToLong(Long::longValue).sum();
    return new Totals(sent, 0, 0, 0, 0, delivered, 0, 0, gone, 0, imbalance, 0, reasons);
  }

  private static Books books(Totals totals) {
    ProxyReport proxy = new ProxyReport(
        "p",
        "i",
        "d",
        "v",
        0,
        totals.captured(),
        0,
        0,
        null,
        0,
        0,
        0,
        null,
        0,
        0,
        0,
        null,
        0,
        null,
        null);
    Map<String, Long> shown = Map.of(
        "Captured", totals.captured(),
        "Delivered", totals.delivered(),
        "Waiting", totals.waiting(),
        "Dead", totals.dead(),
        "Lost", totals.lost());
    return new Books(totals, shown, List.of(proxy));
  }

  private List<String> defects(Totals totals, Strike... strikes) {
    Books before = books(new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, new TreeMap<>()));
    return Verdict.of(production, target, before, books(totals), traffic, List.of(strikes))
        .defects();
  }

  private static Strike strike(Cost cost) {
    return new Strike("fault", cost, Long.MIN_VALUE, Long.MAX_VALUE, 0);
  }

  @Test
  void findsNothingWhereAllArrived() throws Exception {
    arrive(0, sent);
    assertThat(defects(totals(sent, Map.of(), 0), NOTHING_ALLOWED)).isEmpty();
  }

  @Test
  void findsWhatNeverArrived() throws Exception {
    arrive(0, sent - 1);
    assertThat(defects(totals(sent, Map.of(), 0))).anyMatch(d -> d.contains("never arrived"));
    assertThat(defects(totals(sent - 1, Map.of(), 0))).anyMatch(d -> d.contains("as captured"));
  }

  @Test
  void findsALossThatNoFaultExplains() throws Exception {
    arrive(0, sent - 1);
    Totals lost = totals(sent - 1, Map.of(LossReason.CRASH, 1L), 0);
    assertThat(defects(lost, strike(Cost.losing(LossReason.CRASH)))).isEmpty();
    assertThat(defects(lost, strike(Cost.losing(LossReason.EVICTED))))
        .containsExactly("1 are lost as crash, and no fault explains it");
  }

  @Test
  void findsACaptureThatCameAgainWithoutAFault() throws Exception {
    arrive(0, sent);
    arrive(sent - 1, sent);
    Totals all = totals(sent, Map.of(), 0);
    assertThat(defects(all, strike(Cost.REPEATS))).isEmpty();
    assertThat(defects(all, NOTHING_ALLOWED)).anyMatch(d -> d.contains("came again"));
    long past = System.nanoTime() - 3_600_000_000_000L;
    assertThat(defects(all, new Strike("earlier", Cost.REPEATS, past - 1, past, 0)))
        .anyMatch(d -> d.contains("came again"));
  }

  @Test
  void findsWhatNobodySentWhatIsAlteredAndWhatIsOutOfOrder() throws Exception {
    arrive(0, 1);
    arrive(2, 3);
    arrive(1, 2);
    arrive(3, sent);
    arrive(sent, new byte[SIZE]);
    assertThat(defects(totals(sent + 1, Map.of(), 0)))
        .anyMatch(d -> d.contains("number 1 came after 2"))
        .anyMatch(d -> d.contains("came with another body"))
        .anyMatch(d -> d.contains("which nobody sent"));
  }

  @Test
  void findsALedgerThatIsOff() throws Exception {
    arrive(0, sent);
    assertThat(defects(totals(sent, Map.of(), 1))).anyMatch(d -> d.contains("does not balance"));
    assertThat(defects(totals(sent - 1, Map.of(), 0))).anyMatch(d -> d.contains("as delivered"));
  }

  @Test
  void findsWhatStillWaits() throws Exception {
    arrive(0, sent);
    Totals waiting = new Totals(sent, 0, 0, 0, 0, sent - 1, 1, 0, 0, 0, 0, 0, new TreeMap<>());
    assertThat(defects(waiting)).contains("1 captures still wait");
  }

  @Test
  void findsMoreDeadThanTheFaultsExplain() throws Exception {
    arrive(0, sent - 1);
    Totals dead = new Totals(sent, 0, 0, 0, 0, sent - 1, 0, 1, 0, 0, 0, 0, new TreeMap<>());
    assertThat(defects(dead, strike(Cost.killing(1)))).isEmpty();
    assertThat(defects(dead, NOTHING_ALLOWED))
        .containsExactly("1 are dead, and the faults explain 0");
  }

  @Test
  void findsAPageThatShowsAnotherFigure() throws Exception {
    arrive(0, sent);
    Totals all = totals(sent, Map.of(), 0);
    Books told = books(all);
    Books shown = new Books(all, books(totals(sent - 1, Map.of(), 0)).shown(), told.proxies());
    assertThat(shown.disagreements())
        .containsExactly("the page shows Delivered as " + (sent - 1) + ", its figures as " + sent);
  }

  @Test
  void findsProductionAskedTwice() throws Exception {
    arrive(0, sent);
    send(production, 0, new Numbered(SESSION, 0).body(SIZE));
    assertThat(defects(totals(sent, Map.of(), 0)))
        .anyMatch(d -> d.contains("production got requests twice"));
  }

  @Test
  void findsCustomersWithoutAnAnswer() {
    Traffic hopeless = new Traffic(production.address(), new Traffic.Load(1, 200, SIZE), sent);
    try (hopeless) {
      hopeless.start();
      Awaitility.await().until(() -> hopeless.answers() > 0);
      production.close();
      Awaitility.await().until(() -> hopeless.failures() > 0);
    }
    traffic = hopeless;
    assertThat(defects(totals(0, Map.of(), 0))).anyMatch(d -> d.contains("got no answer"));
    assertThat(defects(totals(0, Map.of(), 0), strike(Cost.REQUESTS)))
        .noneMatch(d -> d.contains("got no answer"));
  }
}
