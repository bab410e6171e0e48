import Database from 'better-sqlite3';

const KINDS = "('conversations', 'calls', 'queueTasks')";
/** Of an id, the milliseconds at which it was made. */
const TIME_DIGITS = 12;
/** What there is of the conversations that have ended, from a time on, and the states of agents meanwhile, once more and earlier. */
const COPY = [
  `INSERT INTO aggregate (kind, id, cell, app, live, position, version, state, over_since)
   SELECT kind, earlier(id, @by), cell, app, live, position, version, json_set(state, '$.id', earlier(id, @by)),
     over_since - @by
   FROM aggregate WHERE kind IN ${KINDS} AND live = 0 AND id >= @firstId`,
  `INSERT INTO history (id, cell, app, type, state, begin_time)
   SELECT earlier(id, @by), cell, app, type, state, begin_time - @by
   FROM history WHERE id >= @firstId AND state = 'completed'`,
  `INSERT INTO history_party (app, kind, name, begin_time, id, cell, type, state)
   SELECT app, kind, name, begin_time - @by, earlier(id, @by), cell, type, state
   FROM history_party WHERE id >= @firstId AND state = 'completed'`,
  `INSERT INTO event (app, id, cell, event, at, agent, task, conversation, body)
   SELECT app, earlier(id, @by), cell, event, at - @by, agent, earlier(task, @by), earlier(conversation, @by), body
   FROM event WHERE at >= @first`,
  `INSERT INTO past (object, since, until, base, delta)
   SELECT object, since - @by, coalesce(until, @last) - @by, base, delta FROM past WHERE since >= @first`,
];
/** What has begun at a time or later, but what somebody still waits for. */
const DROP = [
  `DELETE FROM aggregate WHERE kind IN ${KINDS} AND live = 0 AND id >= @firstId`,
  "DELETE FROM history_party WHERE id >= @firstId AND state = 'completed'",
  "DELETE FROM history WHERE id >= @firstId AND state = 'completed'",
  `DELETE FROM event WHERE at >= @first
     AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.app = event.app AND delivery.event = event.id)`,
];
const AGENTS_SINCE = `
  SELECT number FROM past_object
  WHERE kind = 'agents' AND EXISTS (SELECT 1 FROM past WHERE object = number AND since >= @first)`;
const DROP_PAST = 'DELETE FROM past WHERE object = @object AND since >= @first';
const REOPEN_PAST = `
  UPDATE past SET until = NULL
  WHERE object = @object AND since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = @object)`;

/**
 * Fills the store with copies of the conversations that have ended in it, with all that calls leave behind, until there are
 * `count`; answers how many there are. Each copy is of an earlier time. The service must not run.
 */
export function storeConversations(file: string, count: number): number {
  return onStore(file, (db) => {
    if (totalOf(db) === 0) throw new Error('no conversation has ended that could be copied');
    db.pragma('synchronous = OFF'); // What a crash would spoil is for a benchmark.
    const copy = copier(db);
    for (let turn = 1; totalOf(db) < count; turn++) copy(turn);
    return dropLatest(db, count);
  });
}

/** Drops the latest conversations until `count` are left; answers how many those are. The service may run if it has nothing to do. */
export function keepConversations(file: string, count: number): number {
  return onStore(file, (db) => dropLatest(db, count));
}

function onStore(file: string, action: (db: Database.Database) => number): number {
  const db = new Database(file, { fileMustExist: true });
  try {
    return action(db);
  } finally {
    db.close();
  }
}

function totalOf(db: Database.Database): number {
  return db.prepare("SELECT count(*) FROM history WHERE state = 'completed'").pluck().get() as number;
}

/** Of what is there now: copies of different turns are of different times. */
function copier(db: Database.Database): (turn: number) => void {
  db.function('earlier', { deterministic: true }, earlier);
  const timeOf = (sql: string): number => db.prepare(sql).pluck().get() as number;
  const first = timeOf("SELECT min(begin_time) FROM history WHERE state = 'completed'");
  const last = timeOf('SELECT max(max(over_since), (SELECT max(at) FROM event)) FROM aggregate') + 1;
  const begin = Math.min(first, timeOf('SELECT coalesce(min(since), 9e15) FROM past'));
  const statements = COPY.map((sql) => db.prepare(sql));
  return db.transaction((turn: number) => {
    const by = turn * (last - first) + (first - begin); // Before the agents were there at all.
    for (const each of statements) each.run({ by, first, last, firstId: timeDigits(first) });
  });
}

function dropLatest(db: Database.Database, count: number): number {
  const surplus = db.prepare("SELECT id FROM history WHERE state = 'completed' ORDER BY id LIMIT 1 OFFSET ?");
  const id = surplus.pluck().get(count) as string | undefined;
  if (id === undefined) return totalOf(db);
  const first = parseInt(id.slice(0, TIME_DIGITS), 16);
  db.transaction(() => {
    const agents = db.prepare(AGENTS_SINCE).pluck().all({ first }) as readonly number[];
    for (const sql of DROP) db.prepare(sql).run({ first, firstId: timeDigits(first) });
    for (const object of agents) {
      db.prepare(DROP_PAST).run({ object, first });
      db.prepare(REOPEN_PAST).run({ object });
    }
  }).immediate();
  return totalOf(db);
}

function earlier(id: unknown, by: unknown): string | null {
  if (typeof id !== 'string') return null;
  const at = parseInt(id.slice(0, TIME_DIGITS), 16);
  return timeDigits(at - Number(by)) + id.slice(TIME_DIGITS);
}

const timeDigits = (at: number): string => at.toString(16).padStart(TIME_DIGITS, '0');
