// A portal in Java that takes a step in a case without linking the engine: it puts a command into
// the engine's inbox in its own transaction and reads the answer from the same row.
//
//   java -cp postgresql.jar Portal.java JDBC-URL SCHEMA REALM ACTOR
//
// 一个 Java 门户：在自己的事务里把命令写入收件箱，再从同一行读取答复。

import java.nio.ByteBuffer;
import java.sql.*;
import java.util.UUID;

public class Portal {
    static Connection database;
    static String inbox, realm;

    public static void main(String[] args) throws Exception {
        inbox = args[1] + ".inbox";
        realm = args[2];
        String actor = args[3];
        database = DriverManager.getConnection(args[0]);
        database.setAutoCommit(false);
        run("CREATE TABLE IF NOT EXISTS portal_visit (id UUID PRIMARY KEY, note TEXT NOT NULL)");
        database.commit();

        // Written together: the portal's own row and the command.
        UUID clue = UUID.randomUUID();
        visit(clue, "入户走访");
        submit(clue, clue(actor, "样例线索：孩子三天没有上学"));
        database.commit();
        System.out.println("clue: " + answer(clue));

        // The same id again is no second command, whatever became of the first try.
        submit(clue, clue(actor, "样例线索：孩子三天没有上学"));
        database.commit();

        // Rolled back together: no row and no command.
        UUID never = UUID.randomUUID();
        visit(never, "没有发生的走访");
        submit(never, clue(actor, "没有发生的线索"));
        database.rollback();
        System.out.println("rolled back: " + count(never) + " rows, waiting: " + waiting());

        // What cannot be done is refused, with a reason in Chinese.
        UUID wrong = UUID.randomUUID();
        submit(wrong, clue("nobody-of-this-county", "样例线索"));
        database.commit();
        System.out.println("refused: " + answer(wrong));
    }

    static String clue(String actor, String facts) {
        return """
            { "actor": { "id": "%s" },
              "open": { "procedure": "risk_alert", "transition": "register_clue",
                "areas": { "residence": "999999101201" },
                "form": { "source": "director", "facts": "%s", "seen_at": "2026-03-02 08:00",
                          "suspected_red": false, "description": "身份不明的示例儿童" } } }
            """.formatted(actor, facts);
    }

    static void submit(UUID id, String command) throws SQLException {
        run("INSERT INTO " + inbox + " (realm, id, command, created_at) VALUES (?, ?, ?, ?) "
            + "ON CONFLICT (realm, id) DO NOTHING",
            realm, bytes(id), command, System.currentTimeMillis());
    }

    static void visit(UUID id, String note) throws SQLException {
        run("INSERT INTO portal_visit (id, note) VALUES (?, ?)", id, note);
    }

    /// Waits for the answer: `done`, `refused` or `failed`, and what goes with it.
    static String answer(UUID id) throws Exception {
        String text = "SELECT outcome, answer, command FROM " + inbox
            + " WHERE realm = ? AND id = ? AND answered_at IS NOT NULL";
        while (true) {
            try (ResultSet row = prepared(text, realm, bytes(id)).executeQuery()) {
                if (row.next()) {
                    return row.getString(1) + " " + row.getString(2) + row.getString(3);
                }
            } finally {
                database.commit();
            }
            Thread.sleep(20);
        }
    }

    static long count(UUID id) throws SQLException {
        return number("SELECT count(*) FROM portal_visit WHERE id = ?", id);
    }

    static long waiting() throws SQLException {
        return number("SELECT count(*) FROM " + inbox + " WHERE realm = ? AND answered_at IS NULL", realm);
    }

    static long number(String text, Object... values) throws SQLException {
        try (ResultSet row = prepared(text, values).executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    static void run(String text, Object... values) throws SQLException {
        prepared(text, values).executeUpdate();
    }

    static PreparedStatement prepared(String text, Object... values) throws SQLException {
        PreparedStatement statement = database.prepareStatement(text);
        for (int at = 0; at < values.length; at++) statement.setObject(at + 1, values[at]);
        return statement;
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16).putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits()).array();
    }
}
