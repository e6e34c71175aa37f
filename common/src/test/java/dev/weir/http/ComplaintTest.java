package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComplaintTest {
  private final Complaint complaint = new Complaint();

  @Test
  void isNewOnceForEachReasonAndNotForItsNumbers() {
    assertThat(complaint.isNew("bucket is full: 12.1 MB of 16.0 MB")).isTrue();
    assertThat(complaint.isNew("bucket is full: 13.4 MB of 16.0 MB")).isFalse();
    assertThat(complaint.isNew("send a token that is known here")).isTrue();
    assertThat(complaint.isNew("bucket is full: 13.4 MB of 16.0 MB")).isTrue();
  }

  @Test
  void isNewAgainOnceItWasOver() {
    assertThat(complaint.isNew("refused")).isTrue();
    complaint.over();
    assertThat(complaint.isNew("refused")).isTrue();
  }
}
