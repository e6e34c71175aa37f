package dev.weir.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/** How a segment's file is opened, and what SQLite's errors mean. */
final class SqliteFile {
  /**
   * Bytes; each page that a commit touches is written whole, twice. A kilobyte a capture fills
   * pages of 4 KB badly and costs two writes for each; larger ones make small commits dear.
   */
  static final int PAGE = 8192;

  /** What SQLite says where the disk does not give back what is there. */
  private static final Set<Integer> UNREADABLE = Set.of(
      SQLiteErrorCode.SQLITE_IOERR_READ.code,
      SQLiteErrorCode.SQLITE_IOERR_SHORT_READ.code,
      SQLiteErrorCode.SQLITE_IOERR_FSTAT.code);

  private static final int BUSY_MILLIS = 5_000;
  private static final int PRIMARY_CODE = 0xff;

  private SqliteFile() {}

  /** For the one writer: each commit is synced; the log is copied by hand, never at a commit. */
  static Connection writer(Path file, long walLimit) throws SQLException, IOException {
    return open(
        file,
        false,
        "PRAGMA synchronous=FULL",
        "PRAGMA wal_autocheckpoint=0",
        "PRAGMA journal_size_limit=" + walLimit,
        "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-2000",
        "PRAGMA cache_spill=0");
  }

  /** For making a new file: nothing is synced, that is up to whoever gives it its name. */
  static Connection maker(Path file) throws SQLException, IOException {
    return open(file, true, "PRAGMA page_size=" + PAGE, "PRAGMA synchronous=OFF");
  }

  private static Connection open(Path file, boolean create, String... pragmas)
      throws SQLException, IOException {
    SQLiteConfig config = config();
    if (!create) {
      config.resetOpenMode(SQLiteOpenMode.CREATE);
    }
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file.toUri(), config.toProperties());
    try (Statement statement = connection.createStatement()) {
      for (String pragma : pragmas) {
        statement.execute(pragma);
      }
      String mode = text(statement, "PRAGMA journal_mode=WAL");
      if (!mode.equals("wal")) {
        throw new IOException(file + " cannot be written ahead: its journal mode is " + mode);
      }
      return connection;
    } catch (SQLException | IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** For one that has the file to itself: needs no shared memory beside it. */
  static Connection alone(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file.toUri(), config.toProperties());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode=EXCLUSIVE");
      statement.execute("PRAGMA synchronous=FULL");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * For readers.
   *
   * @param sealed nobody writes it and it has no write-ahead log: needs no locks, leaves no files
   */
  static Connection reader(Path file, boolean sealed) throws SQLException {
    SQLiteConfig config = config();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    Connection connection = DriverManager.getConnection(
        "jdbc:sqlite:" + file.toUri() + (sealed ? "?immutable=1" : ""), config.toProperties());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only=1");
      statement.execute("PRAGMA mmap_size=0");
      statement.execute("PRAGMA cache_size=-500");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The one place that commits what a connection has begun. */
  static void commit(Statement statement) throws SQLException {
    statement.execute("COMMIT");
  }

  /** Copies the write-ahead log as far as readers let it. */
  static void checkpoint(Statement statement) throws SQLException {
    statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    return config;
  }

  static String text(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /**
   * What a failure means where a whole and well-formed file cannot fail: that it is not one. A
   * missing table or row is an error without a code of its own.
   */
  static IOException contentFailure(Path file, SQLException e) {
    return e.getErrorCode() <= SQLiteErrorCode.SQLITE_ERROR.code
        ? new DamagedException(file, String.valueOf(e.getMessage()), e)
        : failure(file, e);
  }

  static IOException failure(Path file, SQLException e) {
    int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
    int primary = code & PRIMARY_CODE;
    if (primary == SQLiteErrorCode.SQLITE_FULL.code
        || code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE.code) {
      return new DiskFullException(file + ": the disk is full", e);
    }
    if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return new DamagedException(file, String.valueOf(e.getMessage()), e);
    }
    if (UNREADABLE.contains(code)
        || (primary == SQLiteErrorCode.SQLITE_CANTOPEN.code && isBeyondTheDisk(file))) {
      return new UnreadableException(file + ": " + e.getMessage(), e);
    }
    return new IOException(file + ": " + e.getMessage(), e);
  }

  /** Whether it is the disk that keeps a file from being opened, and no right or bound. */
  private static boolean isBeyondTheDisk(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      in.read();
      return false;
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).endsWith("Input/output error");
    }
  }
}
