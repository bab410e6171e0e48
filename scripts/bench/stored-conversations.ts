import Database from 'better-sqlite3';

const KINDS = "('conversations', 'calls', 'queueTasks')";
const COPIES = 'WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < ?)';

/**
 * Fills the store with copies of the conversations that have ended in it, with their calls and tasks and their place in the
 * lists, until there are `count` at least; answers how many there are. The service must not run.
 */
export function storeConversations(file: string, count: number): number {
  const db = new Database(file);
  try {
    const total = (): number =>
      (db.prepare("SELECT count(*) AS total FROM history WHERE state = 'completed'").get() as { total: number })
        .total;
    const there = total();
    if (there === 0) throw new Error('no conversation has ended that could be copied');
    const times = Math.ceil((count - there) / there);
    if (times <= 0) return there;
    const from = `${count}-`; // Copies of copies have other ids.
    db.transaction(() => {
      db.prepare(
        `${COPIES} INSERT INTO aggregate (kind, id, cell, app, live, position, version, state, over_since)
         SELECT kind, id || '-${from}' || n, cell, app, live, position, version,
           json_set(state, '$.id', id || '-${from}' || n), over_since
         FROM aggregate, copy WHERE live = 0 AND kind IN ${KINDS}`,
      ).run(times);
      db.prepare(
        `${COPIES} INSERT INTO history (id, cell, app, type, state, begin_time)
         SELECT id || '-${from}' || n, cell, app, type, state, begin_time FROM history, copy WHERE state = 'completed'`,
      ).run(times);
      db.prepare(
        `${COPIES} INSERT INTO history_party (app, kind, name, begin_time, id, cell, type, state)
         SELECT app, kind, name, begin_time, id || '-${from}' || n, cell, type, state
         FROM history_party, copy WHERE state = 'completed'`,
      ).run(times);
    })();
    return total();
  } finally {
    db.close();
  }
}
