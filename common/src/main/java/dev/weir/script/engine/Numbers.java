package dev.weir.script.engine;

import java.math.BigDecimal;
import java.math.MathContext;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * How a number that is not whole is written: as Lua's {@code %.14g}, where LuaJ would round to a
 * float.
 */
public final class Numbers {
  private static final int DIGITS = 14;
  private static final int SMALLEST_PLAIN = -5;

  private Numbers() {}

  public static LuaString format(double value) {
    return LuaString.valueOf(text(value));
  }

  static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 0x1p63) {
      return Long.toString((long) value);
    }
    return general(value, DIGITS);
  }

  /** As C's {@code %.<digits>g}. */
  public static String general(double value, int digits) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent > SMALLEST_PLAIN && exponent < digits) {
      return rounded.toPlainString();
    }
    String figures = rounded.unscaledValue().abs().toString();
    return (rounded.signum() < 0 ? "-" : "")
        + figures.charAt(0)
        + (figures.length() > 1 ? "." + figures.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** As {@code tostring} writes it. */
  public static LuaValue tostring(LuaValue number) {
    return number.isinttype() ? number.tostring() : format(number.todouble());
  }
}
