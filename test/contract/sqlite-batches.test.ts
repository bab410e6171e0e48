import Database from 'better-sqlite3';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../scripts/phone-farm/eventually';
import { SHAPE_VERSION } from '../../src/adapters/storage/shapes';
import { connectSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { CallId, ConversationId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import { StorageUnavailable, Superseded, type Batch, type Storage } from '../../src/ports/storage';
import {
  aBatch,
  aConversation,
  agentMember,
  anAgent,
  anEvent,
  APP,
  change,
  openBridge,
  outsideMember,
  over,
  restored,
} from './storage-objects';

let folder: string;
let file: string;
const connected: Storage[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-batches-'));
  file = join(folder, 'store.sqlite');
});
afterEach(async () => {
  for (const each of connected.splice(0)) await each.close();
  rmSync(folder, { recursive: true });
});

/** Batches wait for as long as a test lasts, or for `carryOverMs`. */
function connect(path = file, carryOverMs = 600_000): Storage {
  const storage = connectSqlite(path, 'cell', () => undefined, carryOverMs);
  connected.push(storage);
  return storage;
}

function onFile<Result>(look: (db: Database.Database) => Result, path = file): Result {
  const db = new Database(path);
  try {
    return look(db);
  } finally {
    db.close();
  }
}

const waiting = (): unknown => onFile((db) => db.prepare('SELECT number FROM batch').pluck().all());

/** Whatever is read, what was committed goes into the tables before. */
async function read(storage: Storage): Promise<void> {
  await storage.findTask(APP, 'any' as QueueTaskId);
}

test('says of everything in it whose it is', async () => {
  const storage = connect();
  await storage.open();
  const trunk = { kind: 'trunks', value: { id: 'trunk' as never, present: true }, live: true } as const;
  const effects = [{ id: '1-0', effect: openBridge }];
  const changes = [change(aConversation('1', { members: [agentMember('ann')] })), trunk];
  await storage.commit(aBatch(1, { changes, effects, events: [anEvent(1)] }));
  expect(onFile((db) => db.prepare('SELECT cell, version FROM batch').all())).toEqual([
    { cell: 'cell', version: SHAPE_VERSION },
  ]);

  await read(storage);
  const rows = onFile((db) => db.prepare('SELECT kind, cell, app, version FROM aggregate').all());
  expect(rows).toEqual([
    { kind: 'conversations', cell: 'cell', app: APP, version: SHAPE_VERSION },
    { kind: 'trunks', cell: 'cell', app: '', version: SHAPE_VERSION },
  ]);
  expect(onFile((db) => db.prepare('SELECT cell, app FROM history').all())).toEqual([{ cell: 'cell', app: APP }]);
  expect(onFile((db) => db.prepare('SELECT cell FROM effect').all())).toEqual([{ cell: 'cell' }]);
});

/** What has happened to one of three conversations, say, with its effects and events; one after the other they are batches. */
type Step = {
  readonly what: 'conversation' | 'agent' | 'call';
  readonly which: number;
  readonly ends: boolean;
  readonly tells: boolean;
  readonly delivers: boolean;
  /** Of events so many steps before: what has become of their delivery, and which are to be delivered once more. */
  readonly settles: readonly number[];
  readonly again: readonly number[];
  readonly fails: boolean;
  /** Effects of so many steps before. */
  readonly finishes: readonly number[];
  readonly answers: 'keeps' | 'withdraws' | 'nothing';
  /** Somebody reads then, and so all goes into the tables. */
  readonly isRead: boolean;
};

const BEFORE = fc.integer({ min: 1, max: 4 });
const STEP: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('conversation' as const, 'agent' as const, 'call' as const),
  which: fc.integer({ min: 0, max: 2 }),
  ends: fc.boolean(),
  tells: fc.constantFrom(true, true, false),
  delivers: fc.boolean(),
  settles: fc.array(BEFORE, { maxLength: 3 }),
  fails: fc.boolean(),
  again: fc.array(BEFORE, { maxLength: 2 }),
  finishes: fc.array(BEFORE, { maxLength: 3 }),
  answers: fc.constantFrom('keeps' as const, 'withdraws' as const, 'nothing' as const),
  isRead: fc.boolean(),
});

const URL = 'https://receiver.example';

function changeOf({ what, which, ends }: Step, number: number): Change {
  switch (what) {
    case 'conversation': {
      // Whoever has been a member stays one.
      const outside = Array.from({ length: number }, (_, index) => outsideMember(String(index)));
      const members = [agentMember('ann'), ...outside];
      const stage = ends ? over : aConversation('1').stage;
      return change(aConversation(`c${which}`, { stage, members, userData: `of ${number}` }));
    }
    case 'agent': {
      const { kind, value } = anAgent(`agent${which}`);
      return { kind, value: { ...value, num: String(number) }, live: !ends };
    }
    case 'call':
      return { kind: 'calls', value: { id: `l${which}` as CallId, app: APP, of: number }, live: !ends } as never;
  }
}

/** `steps[n - 1]` as the batch with the number n: it has one effect, `n-0`, and may tell the event n. */
function batchOf(steps: readonly Step[], number: number): Batch {
  const step = steps[number - 1]!;
  const made = changeOf(step, number);
  const at = (1_000 * number) as Instant;
  const subject = `${made.kind} ${made.value.id}`;
  const as = steps.slice(0, number).filter((each) => each.what === step.what && each.which === step.which).length;
  const event = anEvent(number, {
    conversation: `c${step.which}` as ConversationId,
    numbered: { by: subject, as },
  });
  const key = { app: APP, key: `request ${step.which}` };
  const before = (steps: readonly number[]): readonly number[] =>
    [...new Set(steps)].map((each) => number - each).filter((each) => each > 0);
  const toldBefore = (back: readonly number[]): readonly number[] =>
    before(back).filter((each) => steps[each - 1]!.tells);
  return aBatch(number, {
    at,
    changes: [made],
    past: made.kind === 'agents' ? [{ at, change: made }] : [],
    effects: [{ id: `${number}-0`, effect: openBridge }],
    done: before(step.finishes).map((each) => `${each}-0`),
    events: step.tells ? [event] : [],
    deliveries: [...(step.tells && step.delivers ? [number] : []), ...toldBefore(step.again)].map((each) => ({
      app: APP,
      url: URL,
      event: anEvent(each).id,
    })),
    answers: step.answers === 'keeps' ? [{ ...key, fingerprint: 'same', at, answer: { of: number } }] : [],
    withdrawn: step.answers === 'withdraws' ? [key] : [],
    settled: toldBefore(step.settles).map((each) => {
      return { app: APP, url: URL, event: anEvent(each).id, problem: step.fails ? 'late' : null, at };
    }),
  });
}

/** All that a store says of what it was told, but for the numbers by which it goes. */
async function contentOf(storage: Storage, path: string): Promise<unknown> {
  const found = await storage.listConversations({ app: APP, offset: 0, limit: 20 });
  const answers = [];
  for (const which of [0, 1, 2]) answers.push(await storage.findAnswer(APP, `request ${which}`));
  const pasts = [];
  for (let at = 500; at < 13_000; at += 1_000) pasts.push(await storage.asOf(APP, at as Instant));
  await storage.close();
  const rows = (sql: string): unknown => onFile((db) => db.prepare(sql).all(), path);
  const again = connect(path);
  return {
    answers,
    found,
    pasts,
    opened: await again.open(),
    aside: await again.deliveriesSetAside(APP, 0, 20),
    ended: rows('SELECT kind, id, over_since, state FROM aggregate WHERE live = 0 ORDER BY kind, id'),
    history: rows('SELECT * FROM history ORDER BY id'),
    parties: rows('SELECT * FROM history_party ORDER BY id, kind, name'),
    totals: rows('SELECT * FROM history_total WHERE total > 0 ORDER BY type, state'),
    events: rows('SELECT * FROM event ORDER BY id'),
    deliveries: rows('SELECT * FROM delivery ORDER BY event'),
    waiting: rows('SELECT * FROM batch'),
  };
}

test('given any batches, together they leave behind what each by itself would', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 12 }), async (steps) => {
      const [apart, together] = [join(folder, `apart${++runs}`), join(folder, `together${runs}`)];
      const [one, other] = [connect(apart), connect(together)];
      await one.open();
      await other.open();
      for (let number = 1; number <= steps.length; number++) {
        await one.commit(batchOf(steps, number));
        await read(one);
        await other.commit(batchOf(steps, number));
        if (steps[number - 1]!.isRead) await read(other);
      }
      expect(await contentOf(other, together)).toEqual(await contentOf(one, apart));
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('given a process that dies after a commit, the next finds what was on record', async () => {
  const changes = [change(aConversation('1')), anAgent('ann')];
  const storage = connect();
  await storage.open();
  await storage.commit(aBatch(1, { changes, effects: [{ id: '1-0', effect: openBridge }] }));
  await storage.commit(aBatch(2, { changes: [change(aConversation('1', { stage: over }))], done: ['1-0'] }));
  expect(waiting()).toEqual([1, 2]);

  const next = connect(); // The file as the other has left it.
  expect(await next.open()).toStrictEqual(restored(2, { aggregates: [anAgent('ann')] }));
  expect(waiting()).toEqual([]);
  await next.commit(aBatch(3, { changes: [anAgent('bob')] }));
  await read(storage); // Whoever was superseded brings nothing into the tables any more.
  expect(await connect().open()).toStrictEqual(restored(3, { aggregates: [anAgent('ann'), anAgent('bob')] }));
});

test('given an event that is asked for again after it has arrived, it waits for its delivery', async () => {
  const storage = connect();
  await storage.open();
  const delivery = { app: APP, url: URL, event: anEvent(1).id };
  await storage.commit(aBatch(1, { events: [anEvent(1)] }));
  await storage.commit(aBatch(2, { settled: [{ ...delivery, problem: null, at: 1_000 as Instant }] }));
  await storage.commit(aBatch(3, { deliveries: [delivery] }));
  expect(await storage.eventsToDeliver(APP, URL, null, 5)).toHaveLength(1);
});

test('given it is opened once more, nothing goes into the tables twice', async () => {
  const storage = connect();
  await storage.open();
  await storage.commit(aBatch(1, { events: [anEvent(1)] }));
  expect((await storage.open()).lastBatch).toBe(1);
  await storage.commit(aBatch(2, { events: [anEvent(2)] }));
  expect(await storage.eventsOf(APP, '1' as ConversationId)).toHaveLength(2);
});

test('given nobody reads, they go into the tables by themselves', async () => {
  const storage = connect(file, 20);
  await storage.open();
  await storage.commit(aBatch(1, { changes: [anAgent('ann')] }));
  await eventually(
    () => onFile((db) => db.prepare('SELECT count(*) FROM aggregate').pluck().get()) === 1,
    5_000,
    () => 'the agent should be in its table',
  );
  expect(waiting()).toEqual([]);
});

/** Counts from now on how often what waits is tried to go into the tables. */
function attemptsOf(storage: Storage): jest.Mock {
  type Batches = { carry: { immediate: (batches: unknown) => void } };
  const { batches } = storage as unknown as { readonly batches: Batches };
  const { carry } = batches;
  const immediate = jest.fn((waiting: unknown) => carry.immediate(waiting));
  batches.carry = { immediate };
  return immediate;
}

test('given they cannot go into the tables, it is said at once, and nothing more is taken until they have', async () => {
  const storage = connect();
  await storage.open();
  await storage.commit(aBatch(1, { changes: [anAgent('ann')] }));
  const shell = new Database(file);
  shell.exec('BEGIN IMMEDIATE');
  await expect(read(storage)).rejects.toThrow(StorageUnavailable);
  const tried = attemptsOf(storage);
  await expect(read(storage)).rejects.toThrow(StorageUnavailable);
  await expect(storage.commit(aBatch(2))).rejects.toThrow(StorageUnavailable);
  expect(tried).not.toHaveBeenCalled();
  shell.exec('ROLLBACK').close();

  const second = aBatch(2, { changes: [anAgent('bob')] });
  await eventually(
    () => storage.commit(second).then(() => true, () => false),
    5_000,
    () => 'it should be taken',
  ); // prettier-ignore
  expect(tried).toHaveBeenCalledTimes(1);
  expect(waiting()).toEqual([2]);
  await storage.close();
  expect(await connect().open()).toStrictEqual(restored(2, { aggregates: [anAgent('ann'), anAgent('bob')] }));
});

test('given more than wait for each other, they go into the tables', async () => {
  const storage = connect();
  await storage.open();
  for (let number = 1; number <= 65; number++) await storage.commit(aBatch(number));
  expect(waiting()).toEqual([65]);
});

test('given one that says a lot, it goes into the tables at once, with those before it', async () => {
  const storage = connect();
  await storage.open();
  await storage.commit(aBatch(1, { changes: [anAgent('ann')] }));
  const events = Array.from({ length: 3_000 }, (_, index) => anEvent(index + 1));
  await storage.commit(aBatch(2, { events }));
  expect(waiting()).toEqual([]);
  expect(onFile((db) => db.prepare('SELECT count(*) FROM event').pluck().get())).toBe(3_000);

  await storage.commit(aBatch(3));
  await connect().open();
  await expect(storage.commit(aBatch(4, { events }))).rejects.toThrow(Superseded);
});

test('an answer is found where it waits, and nothing goes into the tables for that', async () => {
  const storage = connect();
  await storage.open();
  const key = { app: APP, key: 'first' };
  const answer = { ...key, fingerprint: 'same', at: 1_000 as Instant, answer: { id: 'x', none: undefined } };
  await storage.commit(aBatch(1, { answers: [answer] }));
  expect(await storage.findAnswer(APP, 'first')).toStrictEqual({ ...answer, answer: { id: 'x' } });
  expect(await storage.findAnswer(APP, 'other')).toBeUndefined();
  await storage.commit(aBatch(2, { withdrawn: [key] }));
  expect(await storage.findAnswer(APP, 'first')).toBeUndefined();
  expect(waiting()).toEqual([1, 2]);
});

test('given what the tables do not take, the store that has it on record is refused by name', async () => {
  const storage = connect();
  await storage.open();
  await storage.commit(aBatch(1, { events: [anEvent(1)] }));
  await storage.commit(aBatch(2, { events: [anEvent(1)] }));
  await expect(connect().open()).rejects.toThrow(`${file}: batches on record do not go into the tables (UNIQUE`);
});

describe('a batch that an earlier program has put on record', () => {
  async function left(version: number, text: (batch: string) => string): Promise<void> {
    const storage = connect();
    await storage.open();
    const call = { kind: 'calls', value: { id: 'l1', app: APP, of: 1 }, live: true } as unknown as Change;
    await storage.commit(aBatch(1, { changes: [call], past: [{ at: 1_000 as Instant, change: call }] }));
    onFile((db) =>
      db
        .prepare('UPDATE batch SET version = ?, batch = ?')
        .run(version, text(db.prepare('SELECT batch FROM batch').pluck().get() as string)),
    );
  }

  test('comes in the shapes of today', async () => {
    await left(4, (batch) => batch);
    const { aggregates } = await connect().open();
    expect(aggregates.map(({ value }) => value)).toEqual([
      { id: 'l1', app: APP, of: 1, userData: null, queueId: null },
    ]);
  });

  test('is named if it is damaged, or of a later program', async () => {
    await left(SHAPE_VERSION + 1, (batch) => batch);
    await expect(connect().open()).rejects.toThrow(`${file}: batch 1 was written by a newer program`);
    onFile((db) => db.exec(`UPDATE batch SET version = ${SHAPE_VERSION}, batch = '{'`));
    await expect(connect().open()).rejects.toThrow(`${file}: batch 1 is damaged`);
  });
});
