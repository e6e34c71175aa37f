package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.proxy.ship.Uplink.Delivery;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShipperRateTest extends ShipperFixture {
  @Test
  void keepsToCapturesPerSecondOfTheBucket() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(100, ticker), RateLimit.UNLIMITED));
  }

  @Test
  void keepsToCapturesPerSecondOfTheProxy() throws Exception {
    keepsToARate(new Limits(
        new RateLimit(100, ticker),
        RateLimit.UNLIMITED,
        new RateLimit(1_000, ticker),
        RateLimit.UNLIMITED));
  }

  @Test
  void keepsToBytesPerSecondOfTheBucket() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(400, ticker)));
  }

  @Test
  void keepsToBytesPerSecondOfTheProxy() throws Exception {
    keepsToARate(new Limits(
        RateLimit.UNLIMITED, new RateLimit(400, ticker), RateLimit.UNLIMITED, RateLimit.UNLIMITED));
  }

  /** Captures of four bytes each, at a hundred a second. */
  private void keepsToARate(Limits limits) throws Exception {
    shipper = shipper(limits);
    long began = ticker.nanos();
    append(10_000 - 6_000, 10_000);
    settle();

    assertThat(relay.stored()).hasSize(6_000);
    // the last batch overdraws, and a second's worth is saved at the start
    assertThat(Duration.ofNanos(ticker.nanos() - began))
        .isBetween(Duration.ofSeconds(48), Duration.ofSeconds(61));
  }

  @Test
  void spendsNothingForCapturesThatAreLost() throws Exception {
    shipper = shipper(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(100, ticker), RateLimit.UNLIMITED));
    spool.lose(1_000_000, LossReason.FULL);
    append(0, 1);
    shipper.step();
    append(1, 2);
    ticker.advance(shipper.step());
    shipper.step();

    assertThat(relay.stored()).containsExactly("0", "1");
  }

  @Test
  void spendsTheBytesOfAttemptsThatCameToNothing() throws Exception {
    shipper = shipper(new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED, new RateLimit(10, ticker)));
    append(1_000, 1_025);
    relay.next(answering -> new Delivery.TooLarge("413"));
    shipper.step();

    assertThat(shipper.step()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
    assertThat(relay.shipments()).hasSize(1);
  }
}
