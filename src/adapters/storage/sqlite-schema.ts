import type { Migration } from './migrator';

/** "Prly": says in the header of the file whose it is. */
export const APPLICATION_ID = 0x50726c79;

/**
 * Every object has `cell` and `app`, so that several cells can share one database later. An effect and a batch belong
 * to a cell as a whole. Times are milliseconds since the epoch.
 *
 * A step finds what an earlier program has committed in the tables, but for its last batches, which may still be in `batch`.
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
  {
    number: 2,
    name: 'what agents, extensions and conditions were',
    sql: `
      CREATE TABLE past_object (
        number INTEGER PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        UNIQUE (app, kind, id)
      ) STRICT;

      -- A whole state, shared by those that differ little from it; the last of an object by those to come.
      CREATE TABLE past_base (
        number INTEGER PRIMARY KEY,
        object INTEGER NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL
      ) STRICT;
      CREATE INDEX past_base_of_object ON past_base (object);

      -- A state of an object, after since, up to and with until. until: NULL while it is the latest. delta: the
      -- properties in which it differs from the base, in the base's version.
      CREATE TABLE past (
        object INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        base INTEGER NOT NULL,
        delta TEXT NOT NULL,
        PRIMARY KEY (object, since)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX past_that_is_over ON past (until) WHERE until IS NOT NULL;

      -- What was before is not known; what lives now has been so from now on.
      INSERT INTO past_object (cell, app, kind, id)
        SELECT cell, app, kind, id FROM aggregate
        WHERE live = 1 AND kind IN ('agents', 'extensions') ORDER BY position;
      INSERT INTO past_base (object, version, state)
        SELECT number, version, state FROM past_object JOIN aggregate USING (kind, id) ORDER BY number;
      INSERT INTO past (object, since, base, delta)
        SELECT object, CAST(unixepoch('subsec') * 1000 AS INTEGER), number, '{}' FROM past_base;
    `,
  },
  {
    number: 3,
    name: 'since when what has ended is over',
    sql: `
      ALTER TABLE aggregate ADD COLUMN over_since INTEGER;
      CREATE INDEX aggregate_over ON aggregate (over_since) WHERE over_since IS NOT NULL;
      CREATE INDEX history_party_by_id ON history_party (id);
      CREATE TRIGGER history_shrinks AFTER DELETE ON history BEGIN
        UPDATE history_total SET total = total - 1
        WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
      END;

      -- Conversations say when they ended. Of the rest it is not known, so it counts from now on.
      UPDATE aggregate SET over_since = coalesce(
        CASE kind WHEN 'conversations' THEN json_extract(state, '$.stage.since') END,
        CAST(unixepoch('subsec') * 1000 AS INTEGER)
      ) WHERE live = 0;
    `,
  },
  {
    number: 4,
    name: 'events, and what still has to be delivered',
    sql: `
      DROP TABLE notification;
      ALTER TABLE writer ADD COLUMN last_event TEXT;

      CREATE TABLE event (
        app TEXT NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        event TEXT NOT NULL,
        at INTEGER NOT NULL,
        agent TEXT,
        task TEXT,
        conversation TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (app, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX event_of_conversation ON event (app, conversation, id) WHERE conversation IS NOT NULL;
      CREATE INDEX event_by_age ON event (at);

      -- The last number of each subject of which more may be told.
      CREATE TABLE event_sequence (
        cell TEXT NOT NULL,
        subject TEXT NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (cell, subject)
      ) STRICT, WITHOUT ROWID;

      -- problem: why it was given up, at which time; NULL while it is tried.
      CREATE TABLE delivery (
        app TEXT NOT NULL,
        url TEXT NOT NULL,
        event TEXT NOT NULL,
        cell TEXT NOT NULL,
        problem TEXT,
        given_up_at INTEGER,
        PRIMARY KEY (app, url, event)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX delivery_of_event ON delivery (app, event);
      CREATE INDEX delivery_to_make ON delivery (cell, app, url, event) WHERE problem IS NULL;
      CREATE INDEX delivery_given_up ON delivery (app, event, url) WHERE problem IS NOT NULL;
    `,
  },
  {
    number: 5,
    name: 'answers to requests that may be sent again',
    sql: `
      CREATE TABLE answer (
        app TEXT NOT NULL,
        request_key TEXT NOT NULL,
        cell TEXT NOT NULL,
        at INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (app, request_key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX answer_by_age ON answer (at);
    `,
  },
  {
    number: 6,
    name: 'up to which event some are forgotten',
    sql: `
      CREATE TABLE event_forgotten (
        app TEXT PRIMARY KEY,
        last TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    number: 7,
    name: 'batches on the way into the tables',
    sql: `
      -- On record as it was committed. version: of the shapes in it.
      CREATE TABLE batch (
        cell TEXT NOT NULL,
        number INTEGER NOT NULL,
        version INTEGER NOT NULL,
        batch TEXT NOT NULL,
        PRIMARY KEY (cell, number)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
