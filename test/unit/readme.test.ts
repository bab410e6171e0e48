import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SETTINGS } from '../../src/config/settings';

/** Table cells as Prettier lays them out, or anybody else. */
const cells = (row: string): readonly string[] => row.split('|').slice(1, -1).map((cell) => cell.trim()); // prettier-ignore

const rowsOf = (file: string): readonly (readonly string[])[] =>
  readFileSync(resolve(__dirname, '../..', file), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `PARLEY_'))
    .map(cells);

/** Every setting in their order. */
const settings = Object.entries(SETTINGS).map(([name, { fallback, meaning }]) => [
  `\`${name}\``,
  fallback === '' ? '' : `\`${fallback}\``,
  meaning.replaceAll('docs/', ''), // They are written as seen from the folder of the project.
]);

test('the table of settings is the settings: every one, with its default and its meaning, in their order', () => {
  expect(rowsOf('docs/settings.md')).toEqual(settings);
});

test('those that the README names are settings, with their defaults', () => {
  const named = rowsOf('README.md').map(([name, fallback]) => [name, fallback]);
  expect(settings.map(([name, fallback]) => [name, fallback])).toEqual(expect.arrayContaining(named));
  expect(named.length).toBeGreaterThan(4);
});
