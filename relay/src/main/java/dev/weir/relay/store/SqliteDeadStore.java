package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * A dead store in one SQLite file, which is made with the first dead capture. After an error the
 * file is opened anew; a damaged one is moved to quarantine, and its dead are lost.
 */
public final class SqliteDeadStore implements DeadStore {
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

  private static final long ROW_OVERHEAD = 300;
  private static final int BUSY_MILLIS = 5_000;
  private static final int WAL_LIMIT = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SqliteDeadStore.class);

  private final Path file;
  private final ByteSize limit;
  private @Nullable Connection connection;
  private long bytes;

  private SqliteDeadStore(Path file, ByteSize limit) {
    this.file = file;
    this.limit = limit;
  }

  /** @param limit what the dead may take; the newest always stays */
  public static SqliteDeadStore open(Path file, ByteSize limit) throws IOException {
    SqliteDeadStore store = new SqliteDeadStore(file, limit);
    if (Files.exists(file)) {
      try {
        store.connect();
      } catch (SQLException e) {
        if (!isDamage(e)) {
          throw failure(file, e);
        }
        store.quarantine(e);
      }
    }
    return store;
  }

  private Connection connect() throws SQLException {
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
      statement.execute(SCHEMA);
      CrashPoint.DEAD_STORE_MADE.reach();
      try (ResultSet sum = statement.executeQuery("SELECT coalesce(sum(size), 0) FROM dead")) {
        sum.next();
        bytes = sum.getLong(1);
      }
      open.setAutoCommit(false);
    } catch (SQLException | RuntimeException e) {
      open.close();
      throw e;
    }
    connection = open;
    return open;
  }

  private void quarantine(SQLException e) throws IOException {
    Path place = file.resolveSibling("quarantine");
    Files.createDirectories(place);
    LOG.error("{} is damaged and goes to {}; its dead are lost: {}", file, place, e.getMessage());
    for (String suffix : List.of("-wal", "-shm", "")) {
      Path part = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(part)) {
        Files.move(part, place.resolve(part.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        CrashPoint.DEAD_QUARANTINED.reach();
      }
    }
    bytes = 0;
  }

  @Override
  public Map<GroupName, Long> add(List<DeadCapture> dead) throws IOException {
    long before = bytes;
    try {
      Connection open = connect();
      before = bytes;
      for (DeadCapture one : dead) {
        insert(open, one);
      }
      Map<GroupName, Long> dropped = makeRoom(open);
      CrashPoint.DEAD_WRITTEN.reach();
      open.commit();
      CrashPoint.DEAD_COMMITTED.reach();
      return dropped;
    } catch (SQLException e) {
      disconnect();
      bytes = before;
      if (isDamage(e)) {
        quarantine(e); // so that the next attempt finds a whole file
      }
      throw failure(file, e);
    }
  }

  private void insert(Connection open, DeadCapture one) throws SQLException {
    byte[] answer = one.answer();
    long size = ROW_OVERHEAD + one.capture().length + (answer == null ? 0 : answer.length);
    try (PreparedStatement insert = open.prepareStatement(
        "INSERT OR IGNORE INTO dead (grp, run, seq, copy, pos, died, reason, attempts, status,"
            + " answer, size, capture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, one.group().value());
      insert.setString(2, one.id().run().value());
      insert.setLong(3, one.id().seq());
      insert.setInt(4, one.id().copy());
      insert.setLong(5, one.offset());
      insert.setLong(6, one.died().toEpochMilli());
      insert.setString(7, one.reason());
      insert.setInt(8, one.attempts());
      insert.setInt(9, one.status());
      insert.setBytes(10, answer);
      insert.setLong(11, size);
      insert.setBytes(12, one.capture());
      bytes += insert.executeUpdate() * size;
    }
  }

  private Map<GroupName, Long> makeRoom(Connection open) throws SQLException {
    Map<GroupName, Long> dropped = new HashMap<>();
    while (bytes > limit.bytes()) {
      Oldest oldest = oldest(open);
      if (oldest == null) {
        break;
      }
      try (PreparedStatement delete = open.prepareStatement("DELETE FROM dead WHERE n = ?")) {
        delete.setLong(1, oldest.number());
        delete.executeUpdate();
      }
      bytes -= oldest.size();
      dropped.merge(oldest.group(), 1L, Long::sum);
    }
    return dropped;
  }

  private record Oldest(long number, GroupName group, long size) {}

  /** The oldest row that is not the newest too. */
  private static @Nullable Oldest oldest(Connection open) throws SQLException {
    try (Statement statement = open.createStatement();
        ResultSet row = statement.executeQuery("SELECT n, grp, size FROM dead"
            + " WHERE n < (SELECT max(n) FROM dead) ORDER BY n LIMIT 1")) {
      return row.next()
          ? new Oldest(row.getLong(1), new GroupName(row.getString(2)), row.getLong(3))
          : null;
    }
  }

  @Override
  public Map<CaptureId, Long> offsets(GroupName group) throws IOException {
    Map<CaptureId, Long> offsets = new HashMap<>();
    if (!Files.exists(file)) {
      return offsets;
    }
    try (PreparedStatement query =
        connect().prepareStatement("SELECT run, seq, copy, pos FROM dead WHERE grp = ?")) {
      query.setString(1, group.value());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          RunId run = new RunId(rows.getString(1));
          offsets.put(new CaptureId(run, rows.getLong(2), rows.getInt(3)), rows.getLong(4));
        }
      }
      connect().rollback(); // ends the read
      return offsets;
    } catch (SQLException e) {
      disconnect();
      throw failure(file, e);
    }
  }

  @Override
  public long bytes() {
    return bytes;
  }

  private static boolean isDamage(SQLException e) {
    int primary = e.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  private static IOException failure(Path file, SQLException e) {
    return new IOException(file + ": " + e.getMessage(), e);
  }

  /** What is not committed is as if it had never been. */
  private void disconnect() {
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

  @Override
  public void close() {
    disconnect();
  }
}
