package dev.weir.e2e.net;

/** Nothing arrives, and nobody is told. */
public record BlackHole() implements Toxic {
  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) {
    pipe.drop();
    return true;
  }
}
