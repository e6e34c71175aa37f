package dev.weir.http;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What keeps a role from its relay, to be logged once and not at each try. Another reason is news:
 * it is what somebody sees who mends the first one. One thread's own.
 */
public final class Complaint {
  /** These change from try to try, and tell nothing new. */
  private static final Pattern AMOUNTS =
      Pattern.compile("\\d+(\\.\\d+)?(?= (B|KB|MB|GB|ms|s|min|h|d)\\b)");

  /** More of them are not remembered, and not told. */
  private static final int MOST = 8;

  private final Set<String> told = new HashSet<>();

  /** Whether this is none of those since {@link #over}. */
  public boolean isNew(String reason) {
    return told.size() < MOST && told.add(AMOUNTS.matcher(reason).replaceAll("#"));
  }

  /** It is over: whatever comes is new. */
  public void over() {
    told.clear();
  }
}
