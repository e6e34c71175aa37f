package dev.weir.relay.store;

import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * The file of a dead store, made when it is first written to. After an error it is opened anew; a
 * damaged one is moved to quarantine, and its dead are lost.
 */
final class SqliteDeadFile {
  /**
   * One row per group and capture; {@code n} rises with time. {@code pos} is where it stood in the
   * bucket, {@code died} in milliseconds since 1970, {@code size} what the row takes, about.
   */
  private static final String SCHEMA = """
      CREATE TABLE IF NOT EXISTS dead (
        n INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, run TEXT NOT NULL,
        seq INTEGER NOT NULL, copy INTEGER NOT NULL, pos INTEGER NOT NULL, died INTEGER NOT NULL,
        reason TEXT NOT NULL, attempts INTEGER NOT NULL, status INTEGER NOT NULL, answer BLOB,
        size INTEGER NOT NULL, capture BLOB NOT NULL, UNIQUE (grp, run, seq, copy))""";

  /** Since {@code user_version} 1: {@code state} is the code of a {@link DeadRow.State}. */
  private static final List<String> STATES = List.of(
      "ALTER TABLE dead ADD COLUMN state INTEGER NOT NULL DEFAULT 0",
      "CREATE INDEX dead_due ON dead (grp, n) WHERE state = 1",
      "PRAGMA user_version=1");

  private static final int BUSY_MILLIS = 5_000;
  private static final int WAL_LIMIT = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SqliteDeadFile.class);

  private final Path file;
  private @Nullable Connection connection;

  SqliteDeadFile(Path file) {
    this.file = file;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** Whether one before it is in quarantine. */
  boolean isReplaced() {
    return Files.exists(quarantine().resolve(file.getFileName()));
  }

  private Path quarantine() {
    return file.resolveSibling("quarantine");
  }

  /** The same as long as there is no error. */
  Connection connect() throws SQLException {
    Connection open = connection;
    if (open != null) {
      return open;
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    open = DriverManager.getConnection("jdbc:sqlite:" + file.toUri(), config.toProperties());
    try (Statement statement = open.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA journal_size_limit=" + WAL_LIMIT);
      statement.execute("PRAGMA mmap_size=0");
      statement.execute("PRAGMA cache_size=-500");
      open.setAutoCommit(false);
      statement.execute(SCHEMA);
      if (version(statement) < 1) {
        for (String change : STATES) {
          statement.execute(change);
        }
      }
      open.commit();
      CrashPoint.DEAD_STORE_MADE.reach();
    } catch (SQLException | RuntimeException e) {
      open.close();
      throw e;
    }
    connection = open;
    return open;
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  /**
   * After an error: what is not committed is as if it had never been, and the next attempt finds a
   * whole file.
   *
   * @return what to throw
   */
  IOException failed(SQLException e) throws IOException {
    close();
    String message = file + ": " + e.getMessage();
    if (isDamage(e)) {
      quarantine(e);
      return new DeadLostException(message, e);
    }
    return new IOException(message, e);
  }

  static boolean isDamage(SQLException e) {
    int primary = e.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  private void quarantine(SQLException e) throws IOException {
    Path place = quarantine();
    Files.createDirectories(place);
    LOG.error("{} is damaged and goes to {}; its dead are lost: {}", file, place, e.getMessage());
    for (String suffix : List.of("-wal", "-shm", "")) {
      Path part = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(part)) {
        Files.move(part, place.resolve(part.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        CrashPoint.DEAD_QUARANTINED.reach();
      }
    }
  }

  void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("{} did not close well: {}", file, e.getMessage());
      }
    }
  }
}
