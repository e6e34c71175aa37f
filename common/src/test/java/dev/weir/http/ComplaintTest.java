package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComplaintTest {
  private final Complaint complaint = new Complaint();

  @Test
  void isNewOnceForEachReasonAndNotForItsAmounts() {
    assertThat(complaint.isNew("bucket is full: 12.1 MB of 16.0 MB")).isTrue();
    assertThat(complaint.isNew("bucket is full: 13.4 MB of 16.0 MB")).isFalse();
    assertThat(complaint.isNew("send a token that is known here")).isTrue();
    assertThat(complaint.isNew("answered 404")).isTrue();
    assertThat(complaint.isNew("answered 502")).isTrue();
    assertThat(complaint.isNew("bucket is full: 14.0 MB of 16.0 MB")).isFalse();
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 100; i++) {
      complaint.isNew("reason " + i);
    }
    assertThat(complaint.isNew("one more")).isFalse();
  }

  @Test
  void isNewAgainOnceItWasOver() {
    assertThat(complaint.isNew("refused")).isTrue();
    complaint.over();
    assertThat(complaint.isNew("refused")).isTrue();
  }
}
