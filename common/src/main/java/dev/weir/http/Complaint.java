package dev.weir.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a role from its relay, to be logged once and not at each try. Another reason is news:
 * it is what somebody sees who mends the first one. One thread's own.
 */
public final class Complaint {
  /** These change from try to try, and tell nothing new. */
  private static final Pattern NUMBERS = Pattern.compile("\\d+(\\.\\d+)?");

  private @Nullable String last;

  /** Whether this is another one than the last. */
  public boolean isNew(String reason) {
    String bare = NUMBERS.matcher(reason).replaceAll("#");
    boolean isNew = !bare.equals(last);
    last = bare;
    return isNew;
  }

  /** It is over: whatever comes is new. */
  public void over() {
    last = null;
  }
}
