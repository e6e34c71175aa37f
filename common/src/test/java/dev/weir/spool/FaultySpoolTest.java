package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.spool.FaultySpool.Call;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultySpoolTest {
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(16);

  private final FaultySpool spool =
      new FaultySpool(new InMemorySpool(LIMIT, Duration.ofDays(1), InstantSource.system()));

  @Test
  void failsTheCallsThatItWasToldTo() throws IOException {
    spool.fail(Call.APPEND, 2);

    assertThatThrownBy(this::append).isInstanceOf(IOException.class);
    assertThatThrownBy(this::append).isInstanceOf(IOException.class);
    assertThat(append()).isEqualTo(new Append.Done(1, 1));
    spool.fail(Call.READ, 1);
    assertThatThrownBy(() -> spool.read(1, 1, LIMIT)).isInstanceOf(IOException.class);
    assertThat(spool.read(1, 1, LIMIT)).hasSize(1);
  }

  @Test
  void isFullWhenTold() throws IOException {
    spool.beFull(2);

    assertThat(spool.append(List.of(), Map.of(), WhenFull.REFUSE)).isInstanceOf(Append.Done.class);
    assertThat(append()).isInstanceOf(Append.Full.class);
    spool.heal();
    assertThat(append()).isEqualTo(new Append.Done(1, 1));
  }

  private Append append() throws IOException {
    return spool.append(List.of(new byte[1]), Map.of(), WhenFull.DROP_OLDEST);
  }
}
