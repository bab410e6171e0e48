import type Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteFile } from '../../src/adapters/storage/sqlite-file';
import { keepConversations, storeConversations } from '../../scripts/bench/scene/stored-conversations';

const START = Date.UTC(2026, 0, 1);
const EVENTS = 9;
/** Of the agent, for each call. */
const STATES = 4;
const LASTS_MS = 800;
const EVERY_MS = 1_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-stored-'));
  file = join(folder, 'parley.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An agent, who has logged in before, has had so many calls. */
function aStoreOf(calls: number): void {
  const db = openSqliteFile(file);
  db.exec(`INSERT INTO past_object VALUES (1, 'c', 'a', 'agents', 'agent');
    INSERT INTO past_base VALUES (1, 1, 1, '{}')`);
  const past = db.prepare(`INSERT INTO past VALUES (1, ?, ?, 1, '{}')`);
  past.run(START - 5_000, START);
  for (let call = 0; call < calls; call++) addCall(db, START + call * EVERY_MS, past, call === calls - 1);
  db.close();
}

function addCall(db: Database.Database, at: number, past: Database.Statement, isLast: boolean): void {
  const id = (number: number): string => `${at.toString(16).padStart(12, '0')}700${number}8000000000000000`;
  const over = at + LASTS_MS;
  const aggregate = db.prepare(
    `INSERT INTO aggregate (kind, id, cell, app, live, position, version, state, over_since)
     VALUES (?, ?, 'c', 'a', 0, 1, 1, '{"id":""}', ${over})`,
  );
  aggregate.run('queueTasks', id(0));
  aggregate.run('calls', id(1));
  aggregate.run('conversations', id(2));
  aggregate.run('calls', id(3));
  db.exec(`INSERT INTO history VALUES ('${id(2)}', 'c', 'a', 'queue', 'completed', ${at})`);
  for (const name of ['caller', 'agent']) {
    db.exec(
      `INSERT INTO history_party VALUES ('a', 'agent', '${name}', ${at}, '${id(2)}', 'c', 'queue', 'completed')`,
    );
  }
  const event = db.prepare(`INSERT INTO event VALUES ('a', ?, 'c', 'e', ?, 'agent', NULL, ?, '{}')`);
  for (let number = 0; number < EVENTS; number++) event.run(id(number), at + number, number < 6 ? id(2) : null);
  for (let state = 0; state < STATES; state++) {
    const [since, until] = [at + state * 10, state === STATES - 1 ? at + EVERY_MS : at + state * 10 + 10];
    past.run(since, isLast && state === STATES - 1 ? null : until);
  }
}

function read<Value>(sql: string): Value {
  const db = openSqliteFile(file);
  try {
    return db.prepare(sql).pluck().get() as Value;
  } finally {
    db.close();
  }
}
const count = (of: string): number => read(`SELECT count(*) FROM ${of}`);

test('given some calls, there are as many conversations as asked for, with what as many calls leave behind', () => {
  aStoreOf(20);
  expect(storeConversations(file, 1_000)).toBe(1_000);
  expect(count('history')).toBe(1_000);
  expect(read(`SELECT total FROM history_total WHERE state = 'completed'`)).toBe(1_000);
  expect(count('history_party')).toBe(2_000);
  expect(count(`aggregate WHERE kind = 'calls'`)).toBe(2_000);
  expect(count(`aggregate WHERE kind = 'queueTasks'`)).toBe(1_000);
  expect(count('event')).toBe(EVENTS * 1_000);
  expect(count('event WHERE conversation IN (SELECT id FROM history)')).toBe(6 * 1_000);
  expect(count('past')).toBe(STATES * 1_000 + 1);
});

test('each copy has its own state, and is found under its own id and time', () => {
  aStoreOf(20);
  storeConversations(file, 100);
  const strangers = `history LEFT JOIN aggregate ON kind = 'conversations' AND aggregate.id = history.id
    WHERE aggregate.id IS NULL OR json_extract(aggregate.state, '$.id') NOT IN (history.id, '')`;
  expect(count(strangers)).toBe(0);
  expect(read('SELECT count(DISTINCT begin_time) FROM history')).toBe(100);
});

test('copies of copies are of other times again', () => {
  aStoreOf(20);
  storeConversations(file, 100);
  expect(storeConversations(file, 500)).toBe(500);
  expect(read('SELECT count(DISTINCT begin_time) FROM history')).toBe(500);
});

test('given more than are asked for, the earliest are left, and the states of agents end with them', () => {
  aStoreOf(20);
  expect(keepConversations(file, 8)).toBe(8);
  expect(read('SELECT max(begin_time) FROM history')).toBe(START + 7 * EVERY_MS);
  expect(count('aggregate')).toBe(4 * 8);
  expect(count('event')).toBe(EVENTS * 8);
  expect(count('past')).toBe(STATES * 8 + 1);
  expect(count('past WHERE until IS NULL')).toBe(1);
});

test('an event that somebody still waits for is kept', () => {
  aStoreOf(2);
  const last = read<string>('SELECT max(id) FROM event');
  const db = openSqliteFile(file);
  db.exec(`INSERT INTO delivery (app, url, event, cell) VALUES ('a', 'http://a/', '${last}', 'c')`);
  db.close();
  keepConversations(file, 1);
  expect(count('event')).toBe(EVENTS + 1);
});

test('given nothing that has ended, there is nothing to copy', () => {
  aStoreOf(0);
  expect(() => storeConversations(file, 10)).toThrow('no conversation has ended');
});
