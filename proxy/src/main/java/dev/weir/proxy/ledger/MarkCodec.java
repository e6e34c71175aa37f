package dev.weir.proxy.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CborReader;
import dev.weir.capture.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The ledger's mark in a spool: one CBOR map (RFC 8949) of counters by name. */
final class MarkCodec {
  private MarkCodec() {}

  static byte[] write(SortedMap<String, Long> counters) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = CaptureCodec.CBOR.createGenerator(bytes)) {
      out.writeStartObject();
      for (Map.Entry<String, Long> counter : counters.entrySet()) {
        out.writeNumberField(counter.getKey(), counter.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** @throws MalformedException if it is not what {@link #write} wrote */
  static SortedMap<String, Long> read(byte[] mark) throws IOException {
    SortedMap<String, Long> counters = new TreeMap<>();
    try (CborReader in = new CborReader(CaptureCodec.CBOR, mark)) {
      if (!in.next()) {
        throw new MalformedException("nothing where the books should be", 0);
      }
      in.map("books", name -> counters.put(name, in.integer(name)));
    }
    return counters;
  }
}
