package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import dev.weir.durable.WholeFile;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Gap;
import java.io.IOException;
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

/**
 * Copies what can still be read of a damaged sealed segment into a file that may take its place, in
 * which all that cannot is a gap. Row by row, for SQLite finds a row whatever is wrong with others.
 */
final class SqliteRescue {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteRescue.class);

  /** Looking for more would hold up the spool for too long. */
  private static final long MOST_ROWS = 200_000;

  private final Path damaged;
  private final Part part;
  private final long from;
  private final LossReason reason;
  private final List<Gap> gaps = new ArrayList<>();
  private long saved;
  private long lost;

  private SqliteRescue(Path damaged, Part part, long from, LossReason reason) {
    this.damaged = damaged;
    this.part = part;
    this.from = from;
    this.reason = reason;
  }

  /**
   * Makes {@link SpoolDirectory#rescued} of a segment.
   *
   * @param first nobody needs what stands before it
   * @param reason why what cannot be read is lost
   * @return how many frames it holds; 0 if there is no such file, because there are none, or
   *     because the segment's books are damaged themselves
   */
  static long rescue(SpoolDirectory directory, Part part, long first, LossReason reason)
      throws IOException {
    Path made = directory.rescued();
    Path damaged = directory.segment(part.first());
    SqliteRescue rescue = new SqliteRescue(damaged, part, Math.max(first, part.first()), reason);
    directory.delete(made);
    try {
      rescue.copy(directory, made);
      WholeFile.sync(made);
      directory.disk().reach(CrashPoint.SEGMENT_BUILT);
    } catch (SQLException | IOException e) {
      LOG.info("nothing can be saved of {}: {}", damaged, e.getMessage());
      rescue.saved = 0;
    }
    if (rescue.saved == 0) {
      directory.delete(made);
    }
    return rescue.saved;
  }

  private void copy(SpoolDirectory directory, Path made) throws SQLException, IOException {
    try (Connection old = SqliteFile.reader(damaged, true)) {
      Account book = new SqliteBook(old)
          .read()
          .filter(read -> read.start() == part.first())
          .orElseThrow(() -> new DamagedException(damaged, "it is not what its name says", null));
      List<Gap> known = known(old);
      try (Connection fresh = SqliteFile.maker(made);
          Statement statement = fresh.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute(SqliteSegment.FRAMES);
        rows(old, fresh, known);
        new SqliteBook(fresh).create(book.spoilt(gaps, reason, lost));
        SqliteFile.commit(statement);
        directory.disk().reach(CrashPoint.SEGMENT_COMMITTED);
      }
    }
  }

  /** What never was a frame, in order. */
  private List<Gap> known(Connection old) throws SQLException, IOException {
    List<Gap> known = new ArrayList<>();
    long rows = part.last() - from + 1;
    try (Statement statement = old.createStatement();
        ResultSet found =
            statement.executeQuery("SELECT first, last, reason FROM gap WHERE last >= " + from
                + " AND first <= " + part.last() + " ORDER BY first")) {
      while (found.next()) {
        long start = Math.max(from, found.getLong(1));
        long end = Math.min(part.last(), found.getLong(2));
        known.add(new Gap(start, end, LossReason.of(found.getString(3))));
        rows -= end - start + 1;
      }
    }
    if (rows > MOST_ROWS) {
      throw new DamagedException(damaged, "it has too many frames to look for each", null);
    }
    return known;
  }

  private void rows(Connection old, Connection fresh, List<Gap> known)
      throws SQLException, IOException {
    try (PreparedStatement insert = fresh.prepareStatement(
        "INSERT INTO frames(position, arrived, crc, bytes) VALUES(?, ?, ?, ?)")) {
      long at = from;
      for (Gap gap : known) {
        rows(old, insert, at, gap.from());
        gaps.add(gap);
        at = gap.through() + 1;
      }
      rows(old, insert, at, part.last() + 1);
    }
  }

  private void rows(Connection old, PreparedStatement insert, long start, long end)
      throws SQLException, IOException {
    long missing = 0;
    for (long at = start; at < end; at++) {
      if (isRead(old, insert, at)) {
        insert.executeUpdate();
        saved++;
        lose(at - missing, missing);
        missing = 0;
      } else {
        missing++;
      }
    }
    lose(end - missing, missing);
  }

  private void lose(long first, long count) {
    if (count > 0) {
      gaps.add(new Gap(first, first + count - 1, reason));
      lost += count;
    }
  }

  /** Whether a row is there and whole; then it is about to be inserted. */
  private boolean isRead(Connection old, PreparedStatement insert, long at)
      throws SQLException, IOException {
    long arrived;
    long crc;
    byte[] bytes;
    // one for each row: the driver ends a statement that comes upon damage
    try (PreparedStatement query =
        old.prepareStatement("SELECT arrived, crc, bytes FROM frames WHERE position = ?")) {
      query.setLong(1, at);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return false;
        }
        arrived = row.getLong(1);
        crc = row.getLong(2);
        bytes = row.getBytes(3);
      }
    } catch (SQLException e) {
      if (SqliteFile.contentFailure(damaged, e) instanceof DamagedException) {
        return false;
      }
      throw e; // a disk that does not answer, say: not to be asked for every row
    }
    CRC32C sum = new CRC32C();
    if (bytes != null) {
      sum.update(bytes);
    }
    insert.setLong(1, at);
    insert.setLong(2, arrived);
    insert.setLong(3, crc);
    insert.setBytes(4, bytes);
    return bytes != null && sum.getValue() == crc;
  }
}
