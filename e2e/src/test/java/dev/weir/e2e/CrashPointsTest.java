package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No commit, sync, unlink or rename without a {@link CrashPoint}: in the code each is followed by
 * one before the next comes.
 */
class CrashPointsTest {
  private static final Set<String> STEPS = Set.of(
      "java.io.File.delete",
      "java.io.File.renameTo",
      "java.nio.channels.FileChannel.force",
      "java.nio.MappedByteBuffer.force",
      "java.nio.file.Files.delete",
      "java.nio.file.Files.deleteIfExists",
      "java.nio.file.Files.move",
      "java.sql.Connection.commit",
      "dev.weir.durable.WholeFile.sync",
      "dev.weir.spool.SqliteFile.checkpoint",
      "dev.weir.spool.SqliteFile.commit");

  /** Where a step is made for those who are followed by a crash point in its place. */
  private static final Set<String> STEPPERS = Set.of("dev.weir.durable.WholeFile.sync");

  /** What only the command line, and no role, does with its temporary files. */
  private static final String[] NO_ROLE = {"dev.weir.cli", "dev.weir.e2e", "dev.weir.bench"};

  private static final Pattern SQL_STEP =
      Pattern.compile("\"(COMMIT|END|VACUUM|.*wal_checkpoint).*\"");

  @Test
  void everyStepIsFollowedByOne() {
    List<String> bare = new ArrayList<>();
    int steps = 0;
    for (JavaClass type : ArchitectureTest.WEIR) {
      if (Stream.of(NO_ROLE).noneMatch(type.getPackageName()::startsWith)) {
        for (JavaCodeUnit code : type.getCodeUnits()) {
          steps += bareSteps(code, bare);
        }
      }
    }
    assertThat(bare).isEmpty();
    assertThat(steps).as("steps found").isGreaterThan(20);
  }

  private static int bareSteps(JavaCodeUnit code, List<String> bare) {
    if (STEPPERS.contains(nameOf(code))) {
      return 0;
    }
    int steps = 0;
    JavaCall<?> open = null;
    for (JavaCall<?> call : code.getCallsFromSelf().stream()
        .sorted(Comparator.comparingInt(JavaCall::getLineNumber))
        .toList()) {
      boolean step = STEPS.contains(nameOf(call));
      if (step && open != null && open.getLineNumber() == call.getLineNumber()) {
        continue; // a finally block is compiled once for each way out
      }
      if (step && open != null) {
        bare.add(open.getDescription());
      }
      if (step) {
        steps++;
        open = call;
      } else if (isCrashPoint(call)) {
        open = null;
      }
    }
    if (open != null) {
      bare.add(open.getDescription());
    }
    return steps;
  }

  private static boolean isCrashPoint(JavaCall<?> call) {
    return call.getName().equals("reach")
        && Set.of("dev.weir.durable.CrashPoint", "dev.weir.spool.Disk")
            .contains(call.getTargetOwner().getName());
  }

  private static String nameOf(JavaCall<?> call) {
    return call.getTargetOwner().getName() + "." + call.getName();
  }

  private static String nameOf(JavaCodeUnit code) {
    return code.getOwner().getName() + "." + code.getName();
  }

  @Test
  void sqlCommitsInOnePlaceOnly() throws IOException {
    List<String> places = new ArrayList<>();
    for (Path file : sources()) {
      if (SQL_STEP.matcher(Files.readString(file)).find()) {
        places.add(file.getFileName().toString());
      }
    }
    assertThat(places).containsExactly("SqliteFile.java");
  }

  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("common", "proxy", "relay", "player")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    return all;
  }
}
