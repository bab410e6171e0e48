import type { Migration } from './migrator';

/** "Prly": says in the header of the file whose it is. */
export const APPLICATION_ID = 0x50726c79;

/**
 * Every object has `cell` and `app`, so that several cells can share one database later. An effect and a batch belong
 * to a cell as a whole. Times are milliseconds since the epoch.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'world, effects, notifications and history',
    sql: `
      CREATE TABLE writer (cell TEXT PRIMARY KEY, id INTEGER NOT NULL, last_batch INTEGER NOT NULL) STRICT;

      -- position: the order in which they came to life. version: the shape of the JSON in state.
      CREATE TABLE aggregate (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        live INTEGER NOT NULL CHECK (live IN (0, 1)),
        position INTEGER NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (kind, id)
      ) STRICT;
      CREATE INDEX live_aggregate ON aggregate (cell, position) WHERE live = 1;

      CREATE TABLE effect (
        position INTEGER PRIMARY KEY,
        cell TEXT NOT NULL,
        id TEXT NOT NULL,
        effect TEXT NOT NULL,
        UNIQUE (cell, id)
      ) STRICT;

      -- A position is never used twice, so a reader knows how far it has come.
      CREATE TABLE notification (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        event TEXT NOT NULL,
        at INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;

      -- What a list of conversations can be filtered by, for each that has begun.
      CREATE TABLE history (
        id TEXT PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'completed')),
        begin_time INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX history_by_time ON history (app, begin_time, id, state, type);
      CREATE INDEX history_by_state ON history (app, state, begin_time, id, type);
      CREATE INDEX history_by_type ON history (app, type, begin_time, id, state);

      -- The same again for everybody who has been a member: kind 'agent' by name, kind 'outside' by number.
      CREATE TABLE history_party (
        app TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        begin_time INTEGER NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (app, kind, name, begin_time, id)
      ) STRICT, WITHOUT ROWID;

      -- How many there are, since counting takes the longer the more there are.
      CREATE TABLE history_total (
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        total INTEGER NOT NULL,
        PRIMARY KEY (app, type, state, cell)
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER history_grows AFTER INSERT ON history BEGIN
        INSERT INTO history_total (cell, app, type, state, total) VALUES (new.cell, new.app, new.type, new.state, 1)
        ON CONFLICT DO UPDATE SET total = total + 1;
      END;
      CREATE TRIGGER history_moves AFTER UPDATE OF state ON history BEGIN
        UPDATE history_total SET total = total - 1
        WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
        INSERT INTO history_total (cell, app, type, state, total) VALUES (new.cell, new.app, new.type, new.state, 1)
        ON CONFLICT DO UPDATE SET total = total + 1;
      END;
    `,
  },
];
