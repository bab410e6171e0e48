import { setTimeout as wait } from 'node:timers/promises';
import { Client, types, type ClientConfig, type QueryResultRow } from 'pg';
import { StorageInUse, StorageUnavailable, Superseded } from '../../ports/storage';
import { isPassing, TookTooLong, unavailable } from './postgres-failure';
import { SCHEMA } from './postgres-schema';

export type PostgresAddress = {
  /** With user and password: never to be shown. */
  readonly url: string;
  /** How messages name it. */
  readonly name: string;
};

/** How long a server may take for an answer before it counts as away; all of it is noticed within 5 s. */
const ANSWER_MS = 3_000;
/** More for a transaction, and for each row that it writes: after an outage there may be many. */
const TRANSACTION_MS = 4_000;
const ROW_MS = 0.2;
const HEARTBEAT_MS = 1_000;
/** A connection whose process has just died is noticed by the server in a moment. */
const GRACE_MS = 2_000;
const ASK_AGAIN_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** "Prly": what our advisory locks are for. */
const LOCK_CLASS = 0x50726c79;

const BIGINT = 20;

export function clientConfig({ url }: PostgresAddress): ClientConfig {
  return {
    connectionString: url,
    application_name: 'parley',
    connectionTimeoutMillis: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: {
      // Milliseconds and counts: below 2 ** 53.
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === BIGINT ? Number : (types.getTypeParser(type, format) as unknown),
    },
  };
}

/** What every connection of ours is set to. A transaction of a process that stands still must not hold others up. */
const SET_UP = `
  SELECT set_config('search_path', '${SCHEMA}', false),
    set_config('statement_timeout', '30s', false),
    set_config('idle_in_transaction_session_timeout', '30s', false),
    set_config('client_connection_check_interval', '1s', false),
    set_config('tcp_keepalives_idle', '5', false),
    set_config('tcp_keepalives_interval', '2', false),
    set_config('tcp_keepalives_count', '3', false)`;
/** A commit is on the disk when it settles, whatever the server is set to; more than that it may be set to. */
const DURABLE = `
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;
const IS_STANDBY = 'SELECT pg_is_in_recovery() AS yes';
const LOCK = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS is_ours';
const WHO_HAS_THE_LOCK = `
  SELECT pid, coalesce(host(client_addr), 'a socket') AS address FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = $1 AND objid = (hashtext($2)::bigint & 4294967295)::oid`;

type Holder = { readonly pid: number; readonly address: string };

export type SessionOptions = {
  readonly cell: string;
  /** Keep other processes away from the cell for as long as the connection lives. */
  readonly isExclusive: boolean;
};

/**
 * The connection that writes. One piece of work at a time; when the connection is lost, the next piece makes a new one,
 * with growing pauses between attempts. What is asked meanwhile is refused with StorageUnavailable.
 */
export class PostgresSession {
  /** Its number as a writer; null before it is one. */
  writer: number | null = null;
  private client: Client | null = null;
  private tail: Promise<unknown> = Promise.resolve();
  private isAway = false;
  private isClosed = false;
  private failures = 0;
  private notBefore = 0;
  /** The server's process behind the connection that was lost, which may not know it yet. */
  private formerPid: number | null = null;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly address: PostgresAddress,
    private readonly options: SessionOptions,
  ) {}

  get isAvailable(): boolean {
    return !this.isAway;
  }

  /** Notices from now on when the server does not answer, or answers again, although nobody asks for anything. */
  watch(): void {
    if (this.isClosed) return;
    this.heartbeat = setTimeout(() => {
      void this.run(refuseStandby)
        .catch(() => undefined) // It has been noted, and is told to whoever asks for something.
        .finally(() => this.watch());
    }, HEARTBEAT_MS);
  }

  /** @throws StorageUnavailable for what passes; other errors as they are. */
  run<Result>(work: (client: Client) => Promise<Result>, limitMs = ANSWER_MS): Promise<Result> {
    const mine = this.tail.then(() => this.attempt(work, limitMs));
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  /** `rows`: about how many it writes. */
  transaction<Result>(rows: number, work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.run((client) => inTransaction(client, () => work(client)), TRANSACTION_MS + rows * ROW_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.heartbeat);
    await this.tail;
    const { client } = this;
    this.client = null;
    if (client !== null) await within(ASK_AGAIN_MS * 10, client.end()).catch(() => destroy(client));
  }

  private async attempt<Result>(work: (client: Client) => Promise<Result>, limitMs: number): Promise<Result> {
    if (this.isClosed) throw new Error('closed');
    try {
      const client = this.client ?? (await this.connect());
      const result = await within(limitMs, work(client));
      this.isAway = false;
      return result;
    } catch (error) {
      if (error instanceof StorageUnavailable) this.isAway = true;
      if (!isPassing(error)) throw error;
      this.lose();
      throw this.unavailable(error);
    }
  }

  private async connect(): Promise<Client> {
    if (performance.now() < this.notBefore) throw this.unavailable(new Error('it was away a moment ago'));
    const client = new Client(clientConfig(this.address));
    client.on('error', () => client === this.client && this.lose()); // While nothing is asked for.
    try {
      await client.connect();
      await within(ANSWER_MS + GRACE_MS, this.prepare(client));
    } catch (error) {
      destroy(client);
      this.failures++;
      const pause = Math.min(ASK_AGAIN_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
      this.notBefore = performance.now() + pause * (0.5 + Math.random() / 2);
      // Once it has worked, whatever hinders it now may be put right while it runs.
      throw this.writer === null || error instanceof Superseded ? error : this.unavailable(error);
    }
    this.failures = 0;
    this.client = client;
    this.formerPid = pidOf(client);
    return client;
  }

  private async prepare(client: Client): Promise<void> {
    await refuseStandby(client);
    await client.query(SET_UP);
    await client.query(DURABLE);
    if (this.writer !== null) await this.refuseUnlessWriter(client);
    if (this.options.isExclusive) await this.lock(client);
  }

  private async refuseUnlessWriter(client: Client): Promise<void> {
    const { rows } = await client.query<{ id: number }>('SELECT id FROM writer WHERE cell = $1', [
      this.options.cell,
    ]);
    if (rows[0]?.id !== this.writer) throw new Superseded(`writer ${rows[0]?.id} took over`);
  }

  private async lock(client: Client): Promise<void> {
    const key = [LOCK_CLASS, this.options.cell];
    const deadline = performance.now() + GRACE_MS;
    for (;;) {
      if ((await client.query<{ is_ours: boolean }>(LOCK, key)).rows[0]!.is_ours) return;
      const [holder] = (await client.query<Holder>(WHO_HAS_THE_LOCK, key)).rows;
      if (holder?.pid === this.formerPid && holder !== undefined) {
        await client.query('SELECT pg_terminate_backend($1)', [holder.pid]);
      } else if (performance.now() > deadline) {
        const { name } = this.address;
        const who = holder === undefined ? '' : `, which is connected from ${holder.address}`;
        throw new StorageInUse(`${name}: the cell "${this.options.cell}" is served by another process${who}`);
      }
      await wait(ASK_AGAIN_MS);
    }
  }

  private lose(): void {
    this.isAway = true;
    if (this.client !== null) destroy(this.client);
    this.client = null;
  }

  private unavailable(error: unknown): StorageUnavailable {
    this.isAway = true;
    return unavailable(this.address.name, error);
  }
}

export async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (!isPassing(error)) await client.query('ROLLBACK');
    throw error;
  }
}

/** Runs a statement with values by their names, `@name`. */
export async function ask<Row extends QueryResultRow>(
  client: Pick<Client, 'query'>,
  sql: string,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly Row[]> {
  const names: string[] = [];
  const text = sql.replace(/@(\w+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return (
    await client.query<Row>(
      text,
      names.map((name) => values[name]),
    )
  ).rows;
}

/** @throws TookTooLong */
export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined); // When the time is over, nobody listens any more.
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(`no answer within ${Math.round(limitMs)} ms`)), limitMs);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** After a failover the one that was the primary may be a stand-by, or the address may lead to one. */
async function refuseStandby(client: Client): Promise<void> {
  const { rows } = await client.query<{ yes: boolean }>(IS_STANDBY);
  if (rows[0]!.yes) throw new Error('it is a stand-by, in recovery');
}

/** A server that does not answer would keep a polite goodbye waiting. */
function destroy(client: Client): void {
  (client as unknown as Connected).connection.stream.destroy();
}

function pidOf(client: Client): number | null {
  return (client as unknown as Connected).processID;
}

/** What the typings leave out. */
type Connected = {
  readonly processID: number | null;
  readonly connection: { readonly stream: { destroy(): void } };
};
