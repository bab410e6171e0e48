import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { drawing } from './picture';
import { tablesOf, type Results } from './results';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** Puts these parts in the place of the same parts of earlier runs: `bench/results.json`, the tables and the picture in `docs`. */
export async function publish(projectRoot: string, results: Results): Promise<void> {
  const file = join(projectRoot, 'bench', 'results.json');
  const earlier = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Results,
    () => null,
  );
  const merged: Results = { ...results, parts: { ...earlier?.parts, ...results.parts } };
  await mkdir(dirname(file), { recursive: true });
  await writeFormatted(file, JSON.stringify(merged));
  await writeFile(join(projectRoot, 'docs', 'performance.svg'), drawing(merged));
  const page = join(projectRoot, 'docs', 'performance.md');
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for what was measured`);
  await writeFormatted(page, `${text.slice(0, begin)}${BEGIN}\n\n${tablesOf(merged)}\n\n${text.slice(end)}`);
}

async function writeFormatted(path: string, text: string): Promise<void> {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
