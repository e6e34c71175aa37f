package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.relay.fleet.Totals;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The roles as processes: how they stop, while customers are being served. */
class LifecycleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final int CUSTOMERS = 8;

  @TempDir
  private Path directory;

  private static String url(Line line) {
    InetSocketAddress front = line.front();
    return "http://" + front.getHostString() + ":" + front.getPort();
  }

  private static void awaitMore(PoliteCustomers customers, int more) {
    int wanted = customers.answered().size() + more;
    await().atMost(PATIENCE).until(() -> customers.answered().size() >= wanted);
  }

  @Test
  void everyRoleEndsWithZeroOnSigtermAndItCostsNoRequestAndNoCapture() throws Exception {
    try (Line line = Line.start(directory, Plan.DIRECT)) {
      line.production().behave(number -> MOMENT); // so that every customer has a request under way
      PoliteCustomers customers = new PoliteCustomers(url(line), CUSTOMERS, null);
      try (customers) {
        customers.start();
        for (Role role : List.of(Role.PLAYER, Role.RELAY, Role.PROXY)) {
          awaitMore(customers, 100);
          assertThat(line.process(role).stop()).as("exit code of the " + role).isZero();
          line.start(role);
        }
        awaitMore(customers, 100);
      }
      assertThat(customers.failures()).isEmpty();

      Set<Long> answered = customers.answered();
      await().atMost(PATIENCE).until(() -> answered.stream().allMatch(line.target()::saw));
      await().atMost(PATIENCE).until(() -> {
        Totals totals = line.page(Role.RELAY).totals();
        return totals.waiting() == 0 && totals.captured() >= answered.size() && totals.balances();
      });
      assertThat(line.page(Role.RELAY).totals().lost()).isZero();
      assertThat(line.target().repeats()).isEmpty();
    }
  }

  @Test
  void aSecondSigtermEndsItAtOnce() throws Exception {
    try (Line line = Line.start(directory, Plan.DIRECT)) {
      line.production().behave(number -> PATIENCE); // longer than any drain
      try (PoliteCustomers customers = new PoliteCustomers(url(line), 1, null).start()) {
        await().atMost(PATIENCE).until(() -> line.production().distinct() > 0);
        RoleProcess proxy = line.process(Role.PROXY);
        ProcessHandle process = ProcessHandle.of(proxy.pid()).orElseThrow();

        process.destroy();
        await().atMost(PATIENCE).until(() -> proxy.talk().contains("told to stop"));
        assertThat(proxy.stop()).as("143: ended by a signal, not in order").isEqualTo(143);
        assertThat(customers.answered()).isEmpty();
      }
    }
  }

  @Test
  void theDemoEndsWithZeroAndItsSumsOnASignal() throws Exception {
    // what a shell starts in the background may not hear Ctrl-C
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(Weir.command());
    command.addAll(List.of("demo", "--json"));
    Path out = directory.resolve("out");
    Path talk = directory.resolve("talk");
    Process demo = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(talk.toFile())
        .start();
    try {
      await().atMost(PATIENCE).until(() -> Files.readString(talk).contains("Ctrl-C ends it"));
      new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();
      assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(out)).contains("\"imbalance\":0");
      assertThat(demo.exitValue()).isZero();
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }
}
