package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Java process holds, right after a full collection.
 *
 * @param live of the heap
 * @param heap what the heap takes from the machine
 * @param resident of the whole process
 * @param highest that {@code resident} ever was
 */
record Memory(long live, long heap, long resident, long highest) {
  private static final Pattern HEAP = Pattern.compile("total (\\d+)K, used (\\d+)K");
  private static final Pattern STATUS = Pattern.compile("(?m)^(VmRSS|VmHWM):\\s+(\\d+) kB$");
  private static final double MB = 1024;

  /** Asks the process, by way of the JDK's {@code jcmd}. */
  static Memory of(long pid) throws IOException, InterruptedException {
    long heap = 0;
    long live = 0;
    for (MatchResult part : HEAP.matcher(afterCollection(pid)).results().toList()) {
      heap += Long.parseLong(part.group(1));
      live += Long.parseLong(part.group(2));
    }
    long resident = 0;
    long highest = 0;
    Matcher status = STATUS.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
    while (status.find()) {
      long kilobytes = Long.parseLong(status.group(2));
      if (status.group(1).equals("VmRSS")) {
        resident = kilobytes;
      } else {
        highest = kilobytes;
      }
    }
    return new Memory(live, heap, resident, highest);
  }

  private static String afterCollection(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return Commands.output(List.of(jcmd, Long.toString(pid), "GC.run\nGC.heap_info"));
  }

  static List<String> headers() {
    return List.of("process", "when", "live heap MB", "heap MB", "resident MB", "highest MB");
  }

  List<String> row(String process, String when) {
    return List.of(
        process, when, megabytes(live), megabytes(heap), megabytes(resident), megabytes(highest));
  }

  String heapMegabytes() {
    return megabytes(heap);
  }

  private static String megabytes(long kilobytes) {
    return Report.decimal(kilobytes / MB);
  }

  boolean within(int megabytes) {
    return heap <= megabytes * MB;
  }
}
