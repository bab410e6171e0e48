import type { Migration } from './migrator';

/** All of it lies in a schema of this name, so that it disturbs nothing else in the database. */
export const SCHEMA = 'parley';

/**
 * As in SQLite, but that several cells share the database. What lives belongs to its cell; what is over can be read by
 * all. An id is compared byte by byte, whatever the order of words in the database. Times are milliseconds since the
 * epoch.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'world, effects, events, history and past',
    sql: `
      CREATE TABLE writer (cell TEXT PRIMARY KEY, id BIGINT NOT NULL, last_batch BIGINT NOT NULL, last_event TEXT);

      -- position: the order in which they came to life. version: the shape of the JSON in state, which is text, since
      -- JSONB has no NUL. over_since: NULL while it lives.
      CREATE TABLE aggregate (
        kind TEXT COLLATE "C" NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        live BOOLEAN NOT NULL,
        over_since BIGINT,
        position BIGINT NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (kind, id, cell)
      ) WITH (fillfactor = 70);
      CREATE INDEX live_aggregate ON aggregate (cell, position) WHERE live;
      CREATE INDEX aggregate_over ON aggregate (over_since) WHERE over_since IS NOT NULL;

      CREATE TABLE effect (
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        cell TEXT NOT NULL,
        id TEXT NOT NULL,
        effect TEXT NOT NULL,
        PRIMARY KEY (cell, id)
      );

      CREATE TABLE event (
        app TEXT NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        cell TEXT NOT NULL,
        event TEXT NOT NULL,
        at BIGINT NOT NULL,
        agent TEXT,
        task TEXT,
        conversation TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (app, id)
      );
      CREATE INDEX event_of_conversation ON event (app, conversation, id) WHERE conversation IS NOT NULL;
      CREATE INDEX event_by_age ON event (at);

      -- The last number of each subject of which more may be told.
      CREATE TABLE event_sequence (
        cell TEXT NOT NULL,
        subject TEXT NOT NULL,
        last BIGINT NOT NULL,
        PRIMARY KEY (cell, subject)
      );

      -- problem: why it was given up, at which time; NULL while it is tried.
      CREATE TABLE delivery (
        app TEXT NOT NULL,
        url TEXT COLLATE "C" NOT NULL,
        event TEXT COLLATE "C" NOT NULL,
        cell TEXT NOT NULL,
        problem TEXT,
        given_up_at BIGINT,
        PRIMARY KEY (app, url, event)
      );
      CREATE INDEX delivery_of_event ON delivery (app, event);
      CREATE INDEX delivery_to_make ON delivery (cell, app, url, event) WHERE problem IS NULL;
      CREATE INDEX delivery_given_up ON delivery (app, event, url) WHERE problem IS NOT NULL;

      -- What a list of conversations can be filtered by, for each that has begun.
      CREATE TABLE history (
        id TEXT COLLATE "C" PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'completed')),
        begin_time BIGINT NOT NULL
      );
      CREATE INDEX history_by_time ON history (app, begin_time, id, state, type);
      CREATE INDEX history_by_state ON history (app, state, begin_time, id, type);
      CREATE INDEX history_by_type ON history (app, type, begin_time, id, state);

      -- The same again for everybody who has been a member: kind 'agent' by name, kind 'outside' by number.
      CREATE TABLE history_party (
        app TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        begin_time BIGINT NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        cell TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (app, kind, name, begin_time, id)
      );
      CREATE INDEX history_party_by_id ON history_party (id);

      -- How many there are, since counting takes the longer the more there are.
      CREATE TABLE history_total (
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        total BIGINT NOT NULL,
        PRIMARY KEY (app, type, state, cell)
      );
      CREATE FUNCTION count_history() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN
          UPDATE parley.history_total SET total = total - 1
          WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
        END IF;
        IF TG_OP <> 'DELETE' THEN
          INSERT INTO parley.history_total AS known VALUES (new.cell, new.app, new.type, new.state, 1)
          ON CONFLICT (app, type, state, cell) DO UPDATE SET total = known.total + 1;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER history_changes AFTER INSERT OR UPDATE OF state OR DELETE ON history
        FOR EACH ROW EXECUTE FUNCTION count_history();

      -- What agents, extensions and conditions were.
      CREATE TABLE past_object (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        UNIQUE (cell, app, kind, id)
      );

      -- A whole state, shared by those that differ little from it. number: 1, 2, 3, … for each object.
      CREATE TABLE past_base (
        object BIGINT NOT NULL,
        number BIGINT NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (object, number)
      );

      -- A state of an object, after since, up to and with until. until: NULL while it is the latest. delta: the
      -- properties in which it differs from the base, in the base's version.
      CREATE TABLE past (
        object BIGINT NOT NULL,
        since BIGINT NOT NULL,
        until BIGINT,
        base BIGINT NOT NULL,
        delta TEXT NOT NULL,
        PRIMARY KEY (object, since)
      );
      CREATE INDEX past_that_is_over ON past (until) WHERE until IS NOT NULL;
    `,
  },
  {
    number: 2,
    name: 'answers to requests that may be sent again',
    sql: `
      CREATE TABLE answer (
        app TEXT NOT NULL,
        request_key TEXT COLLATE "C" NOT NULL,
        cell TEXT NOT NULL,
        at BIGINT NOT NULL,
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (app, request_key)
      );
      CREATE INDEX answer_by_age ON answer (at);
    `,
  },
  {
    number: 3,
    name: 'up to which event some are forgotten',
    sql: `
      CREATE TABLE event_forgotten (
        app TEXT PRIMARY KEY,
        last TEXT COLLATE "C" NOT NULL
      );
    `,
  },
  {
    number: 4,
    name: 'up to which event some of each cell are forgotten',
    sql: `
      -- Of which cell they were is not known.
      ALTER TABLE event_forgotten DROP CONSTRAINT event_forgotten_pkey, ADD COLUMN cell TEXT;
      INSERT INTO event_forgotten (app, last, cell) SELECT app, last, writer.cell FROM event_forgotten, writer;
      DELETE FROM event_forgotten WHERE cell IS NULL;
      ALTER TABLE event_forgotten ADD PRIMARY KEY (cell, app);
    `,
  },
];
