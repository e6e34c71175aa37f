package dev.weir.spool;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.Run;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The account as tables of the active segment, written in the commits that it accounts for.
 *
 * <ul>
 *   <li>{@code book}: format, run, run-first, start, created, first, and {@code lost:reason} for
 *       each reason
 *   <li>{@code part}: the sealed segments before this one, and what is gone
 *   <li>{@code mark}: the caller's marks
 *   <li>{@code gap}: positions of this segment that never were frames
 * </ul>
 */
final class SqliteBook {
  private static final long FORMAT = 1;
  private static final String LOST = "lost:";
  private static final List<String> TABLES = List.of(
      "CREATE TABLE book(name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
      "CREATE TABLE part(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, run TEXT NOT NULL,"
          + " run_first INTEGER NOT NULL, frames INTEGER NOT NULL, newest INTEGER NOT NULL,"
          + " gone TEXT)",
      "CREATE TABLE mark(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
      "CREATE TABLE gap(first INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
          + " reason TEXT NOT NULL)");

  private final Connection connection;

  SqliteBook(Connection connection) {
    this.connection = connection;
  }

  /** Makes the tables of a new segment and writes the whole account into them. */
  void create(Account account) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
    writeAll(account);
  }

  /** Writes the whole account over whatever is there. */
  void writeAll(Account account) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM book");
      statement.execute("DELETE FROM part");
      statement.execute("DELETE FROM mark");
      statement.execute("DELETE FROM gap WHERE first >= " + account.next());
      statement.execute(
          "UPDATE gap SET last = " + (account.next() - 1) + " WHERE last >= " + account.next());
    }
    try (PreparedStatement book = insert("book(name, value) VALUES(?, ?)")) {
      put(book, "format", FORMAT);
      put(book, "run", account.run().id().value());
      put(book, "run-first", account.run().first());
      put(book, "start", account.start());
      put(book, "created", account.created());
      put(book, "first", account.first());
    }
    writeLost(account.lost(), Map.of());
    writeParts(account.parts(), List.of());
    writeMarks(account.marks(), Map.of());
    writeGaps(account.pending());
  }

  /** Writes what changed. */
  void write(Account before, Account after) throws SQLException {
    if (after.first() != before.first()) {
      try (PreparedStatement book = insert("book(name, value) VALUES(?, ?)")) {
        put(book, "first", after.first());
      }
    }
    if (after.lost() != before.lost()) {
      writeLost(after.lost(), before.lost());
    }
    if (after.parts() != before.parts()) {
      writeParts(after.parts(), before.parts());
    }
    if (after.marks() != before.marks()) {
      writeMarks(after.marks(), before.marks());
    }
    if (!after.pending().isEmpty()) {
      writeGaps(after.pending());
    }
  }

  private void writeLost(Map<LossReason, Long> after, Map<LossReason, Long> before)
      throws SQLException {
    try (PreparedStatement book = insert("book(name, value) VALUES(?, ?)")) {
      for (Map.Entry<LossReason, Long> loss : after.entrySet()) {
        if (!loss.getValue().equals(before.get(loss.getKey()))) {
          put(book, LOST + loss.getKey().wireName(), loss.getValue());
        }
      }
    }
  }

  private void writeParts(List<Part> after, List<Part> before) throws SQLException {
    Set<Part> kept = new HashSet<>(after);
    Set<Part> there = new HashSet<>(before);
    try (PreparedStatement delete =
            connection.prepareStatement("DELETE FROM part WHERE first = ?");
        PreparedStatement insert = insert("part VALUES(?, ?, ?, ?, ?, ?, ?)")) {
      for (Part part : before) {
        if (!kept.contains(part)) {
          delete.setLong(1, part.first());
          delete.addBatch();
        }
      }
      delete.executeBatch();
      for (Part part : after) {
        if (!there.contains(part)) {
          LossReason gone = part.gone();
          insert.setLong(1, part.first());
          insert.setLong(2, part.last());
          insert.setString(3, part.run().id().value());
          insert.setLong(4, part.run().first());
          insert.setLong(5, part.frames());
          insert.setLong(6, part.newest());
          insert.setString(7, gone == null ? null : gone.wireName());
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private void writeMarks(Map<String, byte[]> after, Map<String, byte[]> before)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM mark WHERE name = ?");
        PreparedStatement insert = insert("mark(name, value) VALUES(?, ?)")) {
      for (String name : before.keySet()) {
        if (!after.containsKey(name)) {
          delete.setString(1, name);
          delete.addBatch();
        }
      }
      delete.executeBatch();
      for (Map.Entry<String, byte[]> mark : after.entrySet()) {
        if (before.get(mark.getKey()) != mark.getValue()) {
          insert.setString(1, mark.getKey());
          insert.setBytes(2, mark.getValue());
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private void writeGaps(List<Gap> gaps) throws SQLException {
    try (PreparedStatement insert = insert("gap VALUES(?, ?, ?)")) {
      for (Gap gap : gaps) {
        insert.setLong(1, gap.from());
        insert.setLong(2, gap.through());
        insert.setString(3, gap.reason().wireName());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private PreparedStatement insert(String into) throws SQLException {
    return connection.prepareStatement("INSERT OR REPLACE INTO " + into);
  }

  private static void put(PreparedStatement book, String name, Object value) throws SQLException {
    book.setString(1, name);
    book.setObject(2, value);
    book.executeUpdate();
  }

  /**
   * The account as last committed, but for what the frames and gaps of this segment add to it.
   *
   * @return empty if nothing was ever committed
   * @throws IOException if a newer version wrote it
   */
  Optional<Account> read() throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      if (SqliteFile.text(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'book'")
          .equals("0")) {
        return Optional.empty();
      }
      Map<String, String> book = new HashMap<>();
      Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
      try (ResultSet rows = statement.executeQuery("SELECT name, value FROM book")) {
        while (rows.next()) {
          String name = rows.getString(1);
          if (name.startsWith(LOST)) {
            lost.merge(LossReason.of(name.substring(LOST.length())), rows.getLong(2), Long::sum);
          } else {
            book.put(name, rows.getString(2));
          }
        }
      }
      if (book.isEmpty()) {
        return Optional.empty();
      }
      if (number(book, "format") > FORMAT) {
        throw new IOException("this spool was written by a newer version: its format is "
            + book.get("format") + ", this version reads " + FORMAT);
      }
      Run run = new Run(new RunId(book.getOrDefault("run", "")), number(book, "run-first"));
      Account empty = new Account(run, number(book, "start"), number(book, "created"));
      Account account =
          empty.loaded(number(book, "first"), parts(statement), lost, marks(statement));
      if (!account.isSound()) {
        throw new SQLException("its parts do not fit together");
      }
      return Optional.of(account);
    } catch (IllegalArgumentException e) {
      throw new SQLException("its book cannot be read: " + e.getMessage(), e);
    }
  }

  private static long number(Map<String, String> book, String name) {
    return Long.parseLong(book.getOrDefault(name, "nothing"));
  }

  private static List<Part> parts(Statement statement) throws SQLException {
    List<Part> parts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery("SELECT * FROM part ORDER BY first")) {
      while (rows.next()) {
        String gone = rows.getString("gone");
        parts.add(new Part(
            new Run(new RunId(rows.getString("run")), rows.getLong("run_first")),
            rows.getLong("first"),
            rows.getLong("last"),
            rows.getLong("frames"),
            rows.getLong("newest"),
            gone == null ? null : LossReason.of(gone)));
      }
    }
    return parts;
  }

  private static Map<String, byte[]> marks(Statement statement) throws SQLException {
    Map<String, byte[]> marks = new HashMap<>();
    try (ResultSet rows = statement.executeQuery("SELECT name, value FROM mark")) {
      while (rows.next()) {
        marks.put(rows.getString(1), rows.getBytes(2));
      }
    }
    return marks;
  }
}
