package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment that is written: one SQLite file and the one connection that writes it, used by
 * whoever holds the spool's write lock. After any failure the connection is closed; the next use
 * opens another and takes back what the failed transaction may have left.
 */
final class SqliteSegment {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteSegment.class);

  /** {@code crc} is the CRC-32C of {@code bytes}: SQLite itself has no checksums. */
  static final String FRAMES =
      "CREATE TABLE frames(position INTEGER PRIMARY KEY, arrived INTEGER NOT NULL,"
          + " crc INTEGER NOT NULL, bytes BLOB NOT NULL)";

  /** What a commit writes beside its frames. */
  private static final int PAGES_BYTES = 3 * SqliteFile.PAGE;

  private final SpoolDirectory directory;
  private final Path file;
  private final long walLimit;
  private @Nullable Connection connection;
  private @Nullable PreparedStatement insert;
  private Account committed;
  private boolean inDoubt;
  private long logged;

  private SqliteSegment(SpoolDirectory directory, Path file, long walLimit, Account committed) {
    this.directory = directory;
    this.file = file;
    this.walLimit = walLimit;
    this.committed = committed;
  }

  /** Makes the file of the account's active segment, whole or not at all, and opens it. */
  static SqliteSegment create(SpoolDirectory directory, Account account, long walLimit)
      throws IOException {
    Path unfinished = directory.unfinished();
    directory.delete(unfinished);
    try {
      try (Connection connection = SqliteFile.maker(unfinished);
          Statement statement = connection.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute(FRAMES);
        new SqliteBook(connection).create(account);
        SqliteFile.commit(statement);
        directory.disk().reach(CrashPoint.SEGMENT_COMMITTED);
      } catch (SQLException e) {
        throw SqliteFile.failure(unfinished, e);
      }
      WholeFile.sync(unfinished);
      directory.disk().reach(CrashPoint.SEGMENT_BUILT);
      settle(directory, account.start());
      directory.name(account.start());
    } catch (IOException e) {
      directory.delete(unfinished);
      throw e;
    }
    return new SqliteSegment(
        directory, directory.segment(account.start()), walLimit, account.committed());
  }

  /** An empty segment about to be replaced must not leave its write-ahead log to the new one. */
  private static void settle(SpoolDirectory directory, long first) throws IOException {
    if (directory.walBytes(first) > 0) {
      try {
        recover(directory.segment(first));
        directory.disk().reach(CrashPoint.LOG_RECOVERED);
      } catch (DamagedException e) {
        directory.quarantine(first);
      }
      if (directory.walBytes(first) > 0) {
        throw new DiskFullException(
            directory.segment(first) + ": its write-ahead log cannot be copied into it yet", null);
      }
    }
  }

  /**
   * Reads the account of the newest segment of an earlier opening, and copies its write-ahead log
   * into it if the disk lets it. Works on a full disk.
   *
   * @return empty if nothing was ever committed to it
   * @throws DamagedException if it is not a segment, or not the one that its name says
   */
  static Optional<Account> recover(Path file) throws IOException {
    if (Files.size(file) == 0) {
      throw new DamagedException(file, "it is empty", null);
    }
    try (Connection connection = SqliteFile.alone(file);
        Statement statement = connection.createStatement()) {
      Optional<Account> book = new SqliteBook(connection).read();
      if (book.isPresent()) {
        Account account = counted(book.get(), statement);
        String early = "SELECT count(*) FROM frames WHERE position < " + account.start();
        if (account.start() != SegmentName.first(file)
            || !SqliteFile.text(statement, early).equals("0")) {
          throw new DamagedException(file, "it holds positions that are not its own", null);
        }
        book = Optional.of(account);
      }
      return book;
    } catch (SQLException e) {
      throw SqliteFile.contentFailure(file, e);
    }
  }

  private static Account counted(Account account, Statement statement) throws SQLException {
    long last = account.start() - 1;
    long arrived = account.created();
    long holes;
    try (ResultSet rows = statement.executeQuery(
        "SELECT position, arrived FROM frames ORDER BY position DESC LIMIT 1")) {
      if (rows.next()) {
        last = rows.getLong(1);
        arrived = rows.getLong(2);
      }
    }
    try (ResultSet rows =
        statement.executeQuery("SELECT coalesce(max(last), 0), sum(last - first + 1) FROM gap")) {
      rows.next();
      last = Math.max(last, rows.getLong(1));
      holes = rows.getLong(2);
    }
    return account.counted(last, holes, arrived);
  }

  /** The last position in a file that may be damaged, if it still tells. */
  static OptionalLong salvageLast(Path file) {
    try (Connection connection = SqliteFile.reader(file, false);
        Statement statement = connection.createStatement()) {
      long last = Long.parseLong(
          SqliteFile.text(statement, "SELECT coalesce(max(position), 0) FROM frames"));
      return last < SegmentName.first(file) ? OptionalLong.empty() : OptionalLong.of(last);
    } catch (SQLException e) {
      return OptionalLong.empty();
    }
  }

  /** The account as last committed. */
  Account committed() {
    return committed;
  }

  /**
   * Appends the frames at the end of what is committed, and writes what the account adds, in one
   * commit.
   */
  void commit(List<byte[]> frames, long arrived, Account after) throws IOException {
    Disk disk = directory.disk();
    try {
      Connection open = connect();
      try (Statement statement = open.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        inDoubt = true;
        disk.reach(CrashPoint.TRANSACTION_BEGUN);
        insert(frames, arrived, after.next() - frames.size());
        new SqliteBook(open).write(committed, after);
        disk.reach(CrashPoint.BEFORE_COMMIT);
        SqliteFile.commit(statement);
        disk.reach(CrashPoint.AFTER_COMMIT);
        committed = after.committed();
        inDoubt = false;
        logged += PAGES_BYTES + frames.stream().mapToLong(frame -> frame.length).sum();
      }
    } catch (SQLException e) {
      disconnect();
      throw SqliteFile.failure(file, e);
    } catch (IOException | RuntimeException | Error e) {
      disconnect();
      throw e;
    }
  }

  private void insert(List<byte[]> frames, long arrived, long first) throws SQLException {
    PreparedStatement rows = insert;
    if (rows == null) {
      throw new SQLException("not connected");
    }
    CRC32C crc = new CRC32C();
    long position = first;
    for (byte[] frame : frames) {
      crc.reset();
      crc.update(frame);
      rows.setLong(1, position++);
      rows.setLong(2, arrived);
      rows.setLong(3, crc.getValue());
      rows.setBytes(4, frame);
      rows.addBatch();
    }
    rows.executeBatch();
  }

  private Connection connect() throws SQLException, IOException {
    Connection open = connection;
    if (open == null) {
      open = SqliteFile.writer(file, walLimit);
      connection = open;
      if (inDoubt) {
        takeBack(open);
      }
      insert = open.prepareStatement(
          "INSERT INTO frames(position, arrived, crc, bytes) VALUES(?, ?, ?, ?)");
    }
    return open;
  }

  /** A failed commit may have reached the disk all the same; whoever asked was told otherwise. */
  private void takeBack(Connection open) throws SQLException, IOException {
    try (Statement statement = open.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("DELETE FROM frames WHERE position >= " + committed.next());
      new SqliteBook(open).writeAll(committed);
      SqliteFile.commit(statement);
      directory.disk().reach(CrashPoint.TAKEN_BACK);
      inDoubt = false;
    }
  }

  /** About how much was written since the log was last copied into the file. */
  long logged() {
    return logged;
  }

  /**
   * Copies the write-ahead log into the file as far as readers let it, without waiting for them. If
   * the disk refuses, the log just stays.
   */
  void checkpoint() {
    try (Statement statement = connect().createStatement()) {
      directory.disk().reach(CrashPoint.BEFORE_CHECKPOINT);
      SqliteFile.checkpoint(statement);
      directory.disk().reach(CrashPoint.AFTER_CHECKPOINT);
      logged = 0;
    } catch (SQLException | IOException e) {
      disconnect();
      LOG.debug("cannot copy the write-ahead log of {} yet: {}", file, e.getMessage());
    }
  }

  /** Closes the connection; the last one to close copies the log and removes it. */
  void disconnect() {
    Connection open = connection;
    connection = null;
    insert = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("closing {}: {}", file, e.getMessage());
      }
    }
  }
}
