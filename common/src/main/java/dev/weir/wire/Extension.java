package dev.weir.wire;

/** The body of {@code POST /v1/leases/{id}/extend}: the lease runs {@code leaseMs} from now. */
public record Extension(long leaseMs) {
  public Extension {
    LeaseRequest.checkLength(leaseMs);
  }
}
