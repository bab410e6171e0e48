import Database from 'better-sqlite3';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerRow } from '../../src/adapters/storage/migrator';
import { APPLICATION_ID, MIGRATIONS } from '../../src/adapters/storage/sqlite-schema';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { Agent } from '../../src/domain/agent/agent';
import { PARTY } from '../../src/domain/conversation/conversation';
import type { ConversationId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import { StorageUnusable, type Storage } from '../../src/ports/storage';
import { earlierStore, expectTakenOver, stepsWithStore } from './earlier-stores';
import { aBatch, aConversation, agentMember, anAgent, APP, aTask, over } from './storage-objects';

/** What calls have besides, today. */
const today = { userData: null, queueId: null, whisper: null, phoneHold: null };

const EVER = Number.MAX_SAFE_INTEGER as Instant;

let folder: string;
let file: string;
let storage: Storage;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'sqlite-upgrade-'));
  file = join(folder, 'store.sqlite');
});
afterEach(async () => {
  await storage?.close();
  fs.rmSync(folder, { recursive: true });
});

/** A store as the first version left it, with the schema of then and aggregates in the shapes of then. */
function storeOfVersion1(aggregates: readonly Aggregate[]): void {
  const [first] = MIGRATIONS;
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.exec(`
    CREATE TABLE migration (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
    ) STRICT`);
  db.exec(first!.sql);
  db.prepare('INSERT INTO migration VALUES (@number, @name, @checksum, 1)').run(ledgerRow(first!));
  db.exec(`INSERT INTO writer VALUES ('cell', 3, 17)`);
  const put = db.prepare(`INSERT INTO aggregate (kind, id, cell, app, live, position, version, state)
    VALUES (@kind, @id, 'cell', 'app', @live, @position, @version, @state)`);
  aggregates.forEach(({ kind, live, version = 1, value }, index) => {
    const row = { kind, id: value['id'], live: live ? 1 : 0, version };
    put.run({ ...row, position: index + 1, state: JSON.stringify(value) });
  });
  db.prepare(`INSERT INTO history VALUES ('over', 'cell', 'app', 'queue', 'completed', 1000)`).run();
  db.close();
}

type Aggregate = {
  readonly kind: string;
  readonly live: boolean;
  /** Of its shape; 1 if left out. */
  readonly version?: number;
  readonly value: Readonly<Record<string, unknown>>;
};

function without(value: object, ...names: readonly string[]): Aggregate['value'] {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

async function upgraded(aggregates: readonly Aggregate[]): Promise<readonly Change[]> {
  storeOfVersion1(aggregates);
  storage = openSqlite(file, 'cell');
  const restored = await storage.open();
  expect(restored.lastBatch).toBe(17);
  return restored.aggregates;
}

const agent = { ...anAgent('ann').value, restsUntil: null };
const oldAgent: Aggregate = { kind: 'agents', live: true, value: without(agent, 'restsUntil') };
const extension = { id: 'e1', app: APP, line: { type: '3', telnum: '+491' }, enabled: true, boundTo: 'app/ann' };
const oldExtension: Aggregate = { kind: 'extensions', live: true, value: extension };

describe('a store that the first version made', () => {
  test('is known by its first migration, which is as it was released', () => {
    expect(ledgerRow(MIGRATIONS[0]!).checksum).toBe(
      'ff143d8e2ee2ca1f94c7d87271afe01534e8b73afabd516ece543c84ea031842',
    );
  });

  test('given what lived, it comes back in the shapes of today', async () => {
    const call = (id: string, stage: object) => ({ id, app: APP, channelId: id, stage, memberOf: [] });
    const ringing = { at: 'ringing', giveUpAt: 5_000, onAnswer: { then: 'serve', taskId: 't1' } };
    const invited = { at: 'ringing', giveUpAt: 5_000, onAnswer: { then: 'join', conversationId: '1', mode: 1 } };
    const up = { at: 'up', since: 1_000, hangUpAt: null };
    const member = agentMember('ann');
    const conversation = aConversation('1', { members: [member], bridgeKind: 'mixing' });
    const oldConversation = { ...conversation, members: [without(member, 'role')] };

    const restored = await upgraded([
      oldAgent,
      oldExtension,
      { kind: 'calls', live: true, value: call('c1', ringing) },
      { kind: 'calls', live: true, value: call('c2', up) },
      { kind: 'calls', live: true, value: call('c3', invited) },
      { kind: 'calls', live: true, value: call('c4', { at: 'ending' }) },
      {
        kind: 'conversations',
        live: true,
        value: without(oldConversation, 'rejectedWith', 'holdVoice', 'underTalk', 'bridgeKind'),
      },
    ]);
    expect(restored.map(({ value }) => value)).toStrictEqual([
      agent,
      extension,
      { ...call('c1', { ...ringing, alerting: true }), ...today },
      { ...call('c2', up), ...today },
      { ...call('c3', { ...invited, onAnswer: { ...invited.onAnswer, role: PARTY }, alerting: true }), ...today },
      { ...call('c4', { at: 'ending', then: null }), ...today },
      conversation,
    ]);
  });

  test('given what the second version wrote, it comes back in the shapes of today', async () => {
    const task = aTask('t1');
    const member = agentMember('ann');
    const conversation = aConversation('1', { members: [member], bridgeKind: 'mixing' });
    const old = { ...conversation, members: [without(member, 'role')] };

    const restored = await upgraded([
      { kind: 'queueTasks', live: true, version: 2, value: without(task, 'givenAwayBy', 'rejectedWith') },
      { kind: 'conversations', live: true, version: 2, value: without(old, 'rejectedWith', 'bridgeKind') },
    ]);
    expect(restored.map(({ value }) => value)).toStrictEqual([task, conversation]);
  });

  test('given a waiting task, it waits on its targets as before', async () => {
    const waiting = { priority: 5, queueTimeoutSeconds: 60, fetchTimeoutSeconds: 50 };
    const targets = [
      { kind: 'skill', name: 'de', ...waiting },
      { kind: 'condition', id: 'x' },
    ];
    const task = {
      ...aTask('t1'),
      enqueue: { ...aTask('t1').enqueue, routes: [{ targets: [] }, { targets }] },
      route: 1,
    };
    const old = without(
      task,
      'plan',
      'conditionId',
      'waits',
      'missedBy',
      'decisions',
      'givenAwayBy',
      'rejectedWith',
    );

    const [restored] = await upgraded([{ kind: 'queueTasks', live: true, value: old }]);
    const lifted = {
      ...task,
      plan: null,
      conditionId: null,
      waits: [waiting, { priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 45 }],
      missedBy: [],
      decisions: [],
    };
    expect(restored!.value).toStrictEqual(lifted);
    expect(await storage.findTask(APP, 't1' as QueueTaskId)).toStrictEqual(lifted);
  });

  test('given a conversation that was over, it is listed and found in the shape of today', async () => {
    const ended = aConversation('over', { stage: over, bridgeKind: 'mixing' });
    await upgraded([
      {
        kind: 'conversations',
        live: false,
        value: without(ended, 'rejectedWith', 'holdVoice', 'underTalk', 'bridgeKind'),
      },
    ]);

    expect(await storage.findConversation(APP, 'over' as ConversationId)).toStrictEqual(ended);
    const page = await storage.listConversations({ app: APP, offset: 0, limit: 5 });
    expect(page.conversations).toStrictEqual([ended]);
  });

  test('given agents and extensions that lived, what was begins with the upgrade', async () => {
    const before = Date.now() as Instant;
    const loggedOut = { ...oldAgent, live: false, value: { ...oldAgent.value, id: 'app/bob' } };
    const restored = await upgraded([oldExtension, oldAgent, loggedOut]);

    expect(await storage.asOf(APP, before)).toEqual([]);
    expect(await storage.asOf(APP, EVER)).toStrictEqual([restored[1], restored[0]]);
  });

  test('given changes after the upgrade, they follow what was before', async () => {
    await upgraded([oldAgent]);
    const at = (Date.now() + 60_000) as Instant;
    const value = { ...agent, state: 'talking', restsUntil: 5_000 } as unknown as Agent;
    const change: Change = { kind: 'agents', value, live: true };
    await storage.commit(aBatch(18, { changes: [change], past: [{ at, change }] }));

    expect((await storage.asOf(APP, at)).map((each) => each.value)).toStrictEqual([agent]);
    expect(await storage.asOf(APP, EVER)).toStrictEqual([change]);
    await storage.close();
    storage = openSqlite(file, 'cell');
    expect((await storage.open()).aggregates).toStrictEqual([change]);
  });

  test('given an aggregate whose shape makes no sense, it is named', async () => {
    const value = without(aTask('t1'), 'enqueue');
    storeOfVersion1([{ kind: 'queueTasks', live: true, value }]);
    storage = openSqlite(file, 'cell');

    await expect(storage.open()).rejects.toThrow(`${file}: queueTasks t1 is damaged`);
  });
});

test('there is a store of each step of the schema but the first, which is made above, and the last', () => {
  const steps = MIGRATIONS.slice(1, -1).map(({ number }) => number);
  expect(stepsWithStore('sqlite')).toEqual(expect.arrayContaining(steps));
});

/** The schema, the ledger and the writer. */
function contentOf(path: string): readonly unknown[] {
  const db = new Database(path, { readonly: true });
  const all = ['SELECT sql FROM sqlite_schema', 'SELECT * FROM migration', 'SELECT * FROM writer'].map((sql) =>
    db.prepare(sql).all(),
  );
  db.close();
  return all;
}

test('given a step that fails in its last statement, those before it are undone too, the refusal names it, and the next start can try again', async () => {
  const db = new Database(file);
  db.exec(earlierStore('sqlite', 2));
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.exec('CREATE INDEX answer_by_age ON aggregate (app)');
  db.close();
  const before = contentOf(file);

  const refused = (): unknown => openSqlite(file, 'default');
  expect(refused).toThrow(StorageUnusable);
  expect(refused).toThrow(
    `${file} cannot be brought to the schema of this program, and is as it was: go on with the program before, ` +
      'or restore it from a backup. Migration 5 (answers to requests that may be sent again) fails ' +
      '(index answer_by_age already exists)',
  );
  expect(contentOf(file)).toEqual(before);

  const put = new Database(file);
  put.exec('DROP INDEX answer_by_age');
  put.close();
  storage = openSqlite(file, 'default');
  expect((await storage.open()).lastBatch).toBe(10);
});

test.each(stepsWithStore('sqlite'))(
  'given a store that a program with step %i of the schema left behind, the service of today takes it over',
  async (step) => {
    const db = new Database(file);
    db.exec(earlierStore('sqlite', step));
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.close();
    storage = openSqlite(file, 'default');

    await expectTakenOver(storage);
    await storage.close();
    storage = openSqlite(file, 'default');
    expect((await storage.open()).lastBatch).toBeGreaterThan(10);
  },
);
