import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPlans } from '../../src/config/plans';
import { APP } from '../support/worlds';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parley-plans-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('the plan that is shipped can be used', () => {
  // The README logs an agent in with the skill demo.
  const target = { kind: 'skill', name: 'demo', queueTimeoutSeconds: 60, fetchTimeoutSeconds: 20 };
  expect(readPlans(resolve(__dirname, '../../plans'), APP)).toMatchObject([
    { id: 'default/demo', name: 'demo', enqueue: { routes: [{ targets: [target] }] } },
  ]);
});

test('a folder that is not there has no plans', () => {
  expect(readPlans(join(folder, 'none'), APP)).toEqual([]);
});

test('all that is wrong with any of them is told at once, by file', () => {
  writeFileSync(join(folder, 'good.xml'), '<enqueue><route><agent name="ann"/></route></enqueue>');
  writeFileSync(join(folder, 'half.xml'), '<enqueue>');
  writeFileSync(join(folder, 'no route.xml'), '<enqueue/>');
  writeFileSync(join(folder, 'notes.txt'), 'not a plan');
  expect(() => readPlans(folder, APP)).toThrow(/half\.xml: [^]*no route\.xml: /);
});
