package dev.weir.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, rates and names. */
class MeasureTest {
  @ParameterizedTest
  @CsvSource({
    "0B, 0, 0 B, 0B",
    "1023B, 1023, 1023 B, 1023B",
    "1024B, 1024, 1.0 KB, 1KB",
    "1536B, 1536, 1.5 KB, 1536B",
    "512MB, 536870912, 512.0 MB, 512MB",
    "' 10 gb ', 10737418240, 10.0 GB, 10GB",
    "3tB, 3298534883328, 3.0 TB, 3TB",
    "5000TB, 5497558138880000, 5000.0 TB, 5000TB",
  })
  void readsAndShowsASize(String text, long bytes, String shown, String exact) {
    ByteSize size = ByteSize.parse(text);

    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(size).hasToString(shown);
    assertThat(size.exact()).isEqualTo(exact);
    assertThat(ByteSize.parse(exact)).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "B",
        "-1B",
        "1.5MB",
        "1 M",
        "1PB",
        "1MiB",
        "9999999999999999999B",
        "9999999TB"
      })
  void refusesWhatIsNoSize(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
  }

  @Test
  void refusesANegativeSize() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ByteSize(-1));
    assertThat(ByteSize.ofMegabytes(2)).isGreaterThan(new ByteSize((2 << 20) - 1));
  }

  @ParameterizedTest
  @CsvSource({"50/s, 50, 50/s", "' 1 / s ', 1, 1/s", "999999999999/s, 999999999999, 999999999999/s"
  })
  void readsAndShowsARate(String text, long perSecond, String shown) {
    assertThat(Rate.parse(text)).isEqualTo(new Rate(perSecond)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "50", "0/s", "-1/s", "50/m", "1.5/s", "/s", "1000000000000/s"})
  void refusesWhatIsNoRate(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Rate.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"2MB/s, 2097152, 2MB/s", "' 1500B / s ', 1500, 1500B/s"})
  void readsAndShowsAByteRate(String text, long bytes, String shown) {
    ByteRate rate = ByteRate.parse(text);

    assertThat(rate.perSecond().bytes()).isEqualTo(bytes);
    assertThat(rate).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2MB", "2MB/m", "2MB/s/s", "0B/s", "2/s", "/s"})
  void refusesWhatIsNoByteRate(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ByteRate.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "orders", "orders.dead", "a-b_c.9"})
  void takesNamesThatAreSafeEverywhere(String text) {
    assertThat(new BucketName(text)).hasToString(text).isEqualByComparingTo(new BucketName(text));
    assertThat(new GroupName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-a", "_a", "A", "a/b", "a b", "\u00e9", "a\n"})
  void refusesOtherNames(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BucketName(text))
        .withMessageContaining("bucket name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupName(text))
        .withMessageContaining("group name");
  }

  @Test
  void boundsNamesAt63Characters() {
    assertThat(new BucketName("a".repeat(63)).value()).hasSize(63);
    assertThatIllegalArgumentException().isThrownBy(() -> new BucketName("a".repeat(64)));
  }
}
