import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SETTINGS } from '../../src/config/settings';

const readme = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `PARLEY_'));

/** Table cells as Prettier lays them out, or anybody else. */
const cells = (row: string): readonly string[] => row.split('|').slice(1, -1).map((cell) => cell.trim()); // prettier-ignore

test('the table of settings is the settings: every one, with its default and its meaning, in their order', () => {
  const expected = Object.entries(SETTINGS).map(([name, { fallback, meaning }]) => [
    `\`${name}\``,
    fallback === '' ? '' : `\`${fallback}\``,
    meaning,
  ]);
  expect(rows.map(cells)).toEqual(expected);
});
