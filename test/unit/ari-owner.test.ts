import { spawnSync } from 'node:child_process';
import { newOwnerName, ownerAmong } from '../../src/adapters/ari/ari-owner';

const APPLICATION = 'parley';
const own = newOwnerName(APPLICATION);
const dead = spawnSync(process.execPath, ['--version']).pid;
/** Our name, if our process were another. */
const nameOf = (pid: number): string => own.replace(`.${process.pid}.`, `.${pid}.`);

test('given one who lives, it is named', () => {
  expect(ownerAmong(['other', own], APPLICATION)).toMatch(new RegExp(`^process ${process.pid} on .`));
});

test('given one whose process is no more, nobody serves', () => {
  expect(nameOf(dead)).not.toBe(own);
  expect(ownerAmong([nameOf(dead)], APPLICATION)).toBeUndefined();
});

test('given a dead one and another who lives, that one is named', () => {
  expect(ownerAmong([nameOf(dead), nameOf(1)], APPLICATION)).toMatch(/^process 1 on /);
});

test.each([
  ['of the same number on another machine', nameOf(dead).replace('@', '@another-')],
  ['in another container or after another start', nameOf(dead).replace(/[0-9a-f]{16}$/, '00112233deadbeef')],
  ['of an earlier version', nameOf(dead).replace(/[0-9a-f]{16}$/, '00112233')],
])('given one %s, whose end cannot be told, it is named', (_, name) => {
  expect(ownerAmong([name], APPLICATION)).toMatch(new RegExp(`^process ${dead} on `));
});

test('given a name of ours that says nothing more, it is named as it is', () => {
  expect(ownerAmong(['parley@somebody'], APPLICATION)).toBe('parley@somebody');
});

test('given applications of other names alone, nobody serves', () => {
  expect(ownerAmong(['parley', 'parley-2@host.1.00112233', 'another'], APPLICATION)).toBeUndefined();
});
