package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dead store in one SQLite file. */
public final class SqliteDeadStore implements DeadStore {
  private static final long ROW_OVERHEAD = 300;

  /** Of a row that is not {@link State#isGone}. */
  private static final String HERE = "state < " + State.DELIVERED.code;

  private static final String OF_KEY = " WHERE grp = ? AND run = ? AND seq = ? AND copy = ?";

  private final SqliteDeadFile file;
  private final ByteSize limit;

  /** Whose rows {@link #bytes} counts. */
  private @Nullable Connection counted;

  private long bytes;

  /** Made room for others, until something worse is found out. */
  private LossReason missing = LossReason.EVICTED;

  private SqliteDeadStore(SqliteDeadFile file, ByteSize limit) {
    this.file = file;
    this.limit = limit;
  }

  /** @param limit what the dead may take; the newest always stays */
  public static SqliteDeadStore open(Path path, ByteSize limit) throws IOException {
    SqliteDeadStore store = new SqliteDeadStore(new SqliteDeadFile(path), limit);
    if (store.file.exists()) {
      try {
        store.connect();
      } catch (SQLException e) {
        IOException failure = store.failed(e);
        if (!SqliteDeadFile.isDamage(e)) {
          throw failure;
        }
      }
    } else {
      store.missing = LossReason.UNKNOWN;
    }
    if (store.file.isReplaced()) {
      store.missing = LossReason.CORRUPT;
    }
    return store;
  }

  private Connection connect() throws SQLException {
    Connection open = file.connect();
    if (open != counted) {
      try (Statement statement = open.createStatement();
          ResultSet sum =
              statement.executeQuery("SELECT coalesce(sum(size), 0) FROM dead WHERE " + HERE)) {
        sum.next();
        bytes = sum.getLong(1);
      }
      open.rollback(); // ends the read
      counted = open;
    }
    return open;
  }

  private IOException failed(SQLException e) throws IOException {
    counted = null;
    if (SqliteDeadFile.isDamage(e)) {
      bytes = 0;
      missing = LossReason.CORRUPT;
    }
    return file.failed(e);
  }

  @Override
  public List<DeadId> add(List<DeadCapture> dead) throws IOException {
    try {
      Connection open = connect();
      for (DeadCapture one : dead) {
        insert(open, one);
      }
      List<DeadId> dropped = makeRoom(open);
      CrashPoint.DEAD_WRITTEN.reach();
      open.commit();
      CrashPoint.DEAD_COMMITTED.reach();
      return dropped;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void insert(Connection open, DeadCapture one) throws SQLException {
    byte[] answer = one.answer();
    long size = ROW_OVERHEAD + one.capture().length + (answer == null ? 0 : answer.length);
    long before = sizeOf(open, new DeadId(one.group(), one.id()));
    try (PreparedStatement insert = open.prepareStatement(
        "INSERT INTO dead (grp, run, seq, copy, pos, died, reason, attempts, status, answer, size,"
            + " capture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (grp, run, seq, copy) DO UPDATE SET died = excluded.died,"
            + " reason = excluded.reason, attempts = excluded.attempts, status = excluded.status,"
            + " answer = excluded.answer, size = excluded.size, state = 0 WHERE state <> 0")) {
      int next = key(insert, 1, one.group(), one.id());
      insert.setLong(next++, one.offset());
      insert.setLong(next++, one.died().toEpochMilli());
      insert.setString(next++, one.reason());
      insert.setInt(next++, one.attempts());
      insert.setInt(next++, one.status());
      insert.setBytes(next++, answer);
      insert.setLong(next++, size);
      insert.setBytes(next, one.capture());
      bytes += insert.executeUpdate() * (size - before);
    }
  }

  /** What a row takes of the bound; 0 where there is none, or it is gone. */
  private static long sizeOf(Connection open, DeadId key) throws SQLException {
    try (PreparedStatement query =
        open.prepareStatement("SELECT size FROM dead" + OF_KEY + " AND " + HERE)) {
      key(query, 1, key.group(), key.id());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private List<DeadId> makeRoom(Connection open) throws SQLException {
    List<DeadId> dropped = new ArrayList<>();
    while (bytes > limit.bytes()) {
      DeadId oldest = oldest(open);
      if (oldest == null) {
        break;
      }
      bytes -= sizeOf(open, oldest);
      delete(open, List.of(oldest));
      dropped.add(oldest);
    }
    return dropped;
  }

  /** The oldest row that is not the newest too. */
  private static @Nullable DeadId oldest(Connection open) throws SQLException {
    try (Statement statement = open.createStatement();
        ResultSet row = statement.executeQuery("SELECT grp, run, seq, copy FROM dead WHERE " + HERE
            + " AND n < (SELECT max(n) FROM dead) ORDER BY n LIMIT 1")) {
      return row.next() ? key(row) : null;
    }
  }

  @Override
  public Map<CaptureId, Place> index(GroupName group) throws IOException {
    Map<CaptureId, Place> index = new HashMap<>();
    if (!file.exists()) {
      return index;
    }
    try (PreparedStatement query = connect()
        .prepareStatement("SELECT grp, run, seq, copy, pos, state FROM dead WHERE grp = ?")) {
      query.setString(1, group.value());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          index.put(key(rows).id(), new Place(rows.getLong("pos"), state(rows)));
        }
      }
      connect().rollback(); // ends the read
      return index;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public List<DeadRow> read(@Nullable GroupName group, @Nullable State state, long after, int max)
      throws IOException {
    List<DeadRow> rows = new ArrayList<>();
    if (!file.exists()) {
      return rows;
    }
    String where = "n > ? AND " + (state == null ? HERE : "state = " + state.code)
        + (group == null ? "" : " AND grp = ?");
    try (PreparedStatement query = connect()
        .prepareStatement("SELECT * FROM dead WHERE " + where + " ORDER BY n LIMIT " + max)) {
      query.setLong(1, after);
      if (group != null) {
        query.setString(2, group.value());
      }
      long read = 0;
      try (ResultSet found = query.executeQuery()) {
        while (read < MOST_READ.bytes() && found.next()) {
          DeadRow row = row(found);
          rows.add(row);
          read += row.capture().capture().length;
        }
      }
      connect().rollback(); // ends the read
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void mark(State state, Collection<DeadId> keys) throws IOException {
    if (keys.isEmpty()) {
      return;
    }
    try {
      Connection open = connect();
      for (DeadId key : keys) {
        bytes -= sizeOf(open, key);
        try (PreparedStatement update =
            open.prepareStatement("UPDATE dead SET state = " + state.code + OF_KEY)) {
          key(update, 1, key.group(), key.id());
          update.executeUpdate();
        }
        bytes += sizeOf(open, key);
      }
      open.commit();
      CrashPoint.DEAD_COMMITTED.reach();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void remove(Collection<DeadId> keys) throws IOException {
    if (keys.isEmpty() || !file.exists()) {
      return;
    }
    try {
      Connection open = connect();
      for (DeadId key : keys) {
        bytes -= sizeOf(open, key);
      }
      delete(open, keys);
      open.commit();
      CrashPoint.DEAD_COMMITTED.reach();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static void delete(Connection open, Collection<DeadId> keys) throws SQLException {
    try (PreparedStatement delete = open.prepareStatement("DELETE FROM dead" + OF_KEY)) {
      for (DeadId key : keys) {
        key(delete, 1, key.group(), key.id());
        delete.executeUpdate();
      }
    }
  }

  /** Sets four parameters from {@code first} on; the next one. */
  private static int key(PreparedStatement to, int first, GroupName group, CaptureId id)
      throws SQLException {
    to.setString(first, group.value());
    to.setString(first + 1, id.run().value());
    to.setLong(first + 2, id.seq());
    to.setInt(first + 3, id.copy());
    return first + 4;
  }

  private static DeadId key(ResultSet row) throws SQLException {
    RunId run = new RunId(row.getString("run"));
    return new DeadId(
        new GroupName(row.getString("grp")),
        new CaptureId(run, row.getLong("seq"), row.getInt("copy")));
  }

  private static State state(ResultSet row) throws SQLException {
    return State.of(row.getInt("state"));
  }

  private static DeadRow row(ResultSet row) throws SQLException {
    DeadId key = key(row);
    return new DeadRow(
        row.getLong("n"),
        state(row),
        new DeadCapture(
            key.group(),
            key.id(),
            row.getLong("pos"),
            Instant.ofEpochMilli(row.getLong("died")),
            row.getString("reason"),
            row.getInt("attempts"),
            row.getInt("status"),
            row.getBytes("answer"),
            row.getBytes("capture")));
  }

  @Override
  public LossReason missing() {
    return missing;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    file.close();
  }
}
