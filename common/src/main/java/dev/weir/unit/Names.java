package dev.weir.unit;

import java.util.regex.Pattern;

/** What a name may be: safe as a file name, in a URL and in a label of a metric. */
final class Names {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private Names() {}

  static boolean isName(String value) {
    return FORM.matcher(value).matches();
  }

  static String checked(String kind, String value) {
    if (!isName(value)) {
      throw new IllegalArgumentException("\"" + value + "\" is not a " + kind
          + " name: use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit");
    }
    return value;
  }
}
