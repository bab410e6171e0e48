import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { drawing } from './picture';
import { tablesOf, together, type Parts, type Results } from './results';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** Puts these parts in the place of the same parts of earlier runs: `bench/results.json`, the tables and the picture in `docs`. */
export async function publish(projectRoot: string, measured: Parts): Promise<void> {
  const file = join(projectRoot, 'bench', 'results.json');
  const parts = together(await earlier(file), measured);
  const results: Results = { parts };
  await mkdir(dirname(file), { recursive: true });
  await writeFormatted(file, JSON.stringify(results));
  await writeFile(join(projectRoot, 'docs', 'performance.svg'), drawing(parts));
  const page = join(projectRoot, 'docs', 'performance.md');
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for what was measured`);
  await writeFormatted(page, `${text.slice(0, begin)}${BEGIN}\n\n${tablesOf(parts)}\n\n${text.slice(end)}`);
}

/** @throws Error when there is a file that cannot be read: what it holds is not to be lost. */
async function earlier(file: string): Promise<Parts> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? {} : (JSON.parse(text) as Results).parts;
}

async function writeFormatted(path: string, text: string): Promise<void> {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
