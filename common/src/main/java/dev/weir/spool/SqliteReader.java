package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Frame;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that reads one segment; used by one thread at a time. */
final class SqliteReader implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteReader.class);
  private static final String FRAMES = "SELECT position, crc, length(bytes), bytes FROM frames"
      + " WHERE position >= ? AND position < ? ORDER BY position LIMIT ?";
  private static final String GAPS =
      "SELECT first, last, reason FROM gap WHERE last >= ? AND first < ? ORDER BY first";

  private final Path file;
  private final boolean sealed;
  private final Connection connection;

  private SqliteReader(Path file, boolean sealed, Connection connection) {
    this.file = file;
    this.sealed = sealed;
    this.connection = connection;
  }

  /** @throws DamagedException if the file is not the segment that its name says */
  static SqliteReader open(Path file, boolean sealed) throws IOException {
    if (file.toFile().length() == 0) {
      throw new DamagedException(file, "it is empty or not there", null);
    }
    try {
      Connection connection = SqliteFile.reader(file, sealed);
      try (Statement statement = connection.createStatement()) {
        String start = SqliteFile.text(statement, "SELECT value FROM book WHERE name = 'start'");
        if (!start.equals(String.valueOf(SegmentName.first(file)))) {
          throw new DamagedException(file, "it begins at " + start, null);
        }
        return new SqliteReader(file, sealed, connection);
      } catch (SQLException | IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw Files.exists(file)
          ? SqliteFile.contentFailure(file, e)
          : new DamagedException(file, "it is not there", e);
    }
  }

  /** Adds what stands from the batch's position to before {@code end}, without a hole. */
  void read(Batch batch, long end) throws IOException {
    try (PreparedStatement gapQuery = connection.prepareStatement(GAPS);
        PreparedStatement frameQuery = connection.prepareStatement(FRAMES)) {
      gapQuery.setLong(1, batch.at());
      gapQuery.setLong(2, end);
      frameQuery.setLong(1, batch.at());
      frameQuery.setLong(2, end);
      frameQuery.setLong(3, (long) batch.room() + 1);
      try (ResultSet gaps = gapQuery.executeQuery();
          ResultSet frames = frameQuery.executeQuery()) {
        while (frames.next()) {
          fill(batch, gaps, frames.getLong(1));
          if (!batch.accepts(frames.getLong(3))) {
            return;
          }
          batch.frame(checked(frames));
        }
        fill(batch, gaps, end);
      }
    } catch (SQLException e) {
      throw SqliteFile.contentFailure(file, e);
    }
  }

  /** Frames from a position on, in order, with holes where some are missing. */
  List<Frame> frames(long from, int most) throws IOException {
    try (PreparedStatement query = connection.prepareStatement(FRAMES)) {
      query.setLong(1, from);
      query.setLong(2, Long.MAX_VALUE);
      query.setLong(3, most);
      List<Frame> found = new ArrayList<>();
      try (ResultSet frames = query.executeQuery()) {
        while (frames.next()) {
          found.add(new Frame(frames.getLong(1), checked(frames)));
        }
      }
      return found;
    } catch (SQLException e) {
      throw SqliteFile.contentFailure(file, e);
    }
  }

  private byte[] checked(ResultSet frames) throws SQLException, IOException {
    byte[] bytes = frames.getBytes(4);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    if (crc.getValue() != frames.getLong(2)) {
      throw new DamagedException(file, "frame " + frames.getLong(1) + " was changed", null);
    }
    return bytes;
  }

  /** Only gaps may stand between the batch's position and {@code end}. */
  private void fill(Batch batch, ResultSet gaps, long end) throws SQLException, IOException {
    while (batch.at() < end && !batch.full()) {
      if (!gaps.next() || gaps.getLong(1) > batch.at()) {
        throw new DamagedException(
            file, "positions " + batch.at() + " to " + (end - 1) + " are missing", null);
      }
      batch.gap(Math.min(gaps.getLong(2), end - 1), LossReason.of(gaps.getString(3)));
    }
  }

  /** How many frames stand before {@code position}. */
  long framesBefore(long position) throws IOException {
    try (PreparedStatement query = connection.prepareStatement(
        "SELECT coalesce(sum(min(last, ?1) - first + 1), 0) FROM gap WHERE first <= ?1")) {
      query.setLong(1, position - 1);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return position - segment() - rows.getLong(1);
      }
    } catch (SQLException e) {
      throw SqliteFile.contentFailure(file, e);
    }
  }

  Path file() {
    return file;
  }

  /** The first position of the segment. */
  long segment() {
    return SegmentName.first(file);
  }

  /** Whether it reads as a file that nobody writes, without locks. */
  boolean sealed() {
    return sealed;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a reader of {}: {}", file, e.getMessage());
    }
  }
}
