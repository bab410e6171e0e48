import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operationsOn, type OperationSurroundings } from '../../src/adapters/http/operations';
import { describeApi } from '../../src/adapters/http/routes/document-routes';

/** The types of the API, as the client is checked against them. From the root of the project, as all paths here. */
export const TYPES_FILE = join('scripts', 'api', 'parley-api.ts');

const GENERATOR = join('node_modules', 'openapi-typescript', 'bin', 'cli.js');
const MAX_BYTES = 16 * 1024 * 1024;

/** In a process of its own: it is made of ES modules, which not every Node that will do can load from here. */
export async function typesOf(document: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-api-'));
  const file = join(folder, 'openapi.json');
  try {
    await writeFile(file, JSON.stringify(document));
    const { stdout } = await promisify(execFile)(process.execPath, [GENERATOR, file, '--immutable'], {
      maxBuffer: MAX_BYTES,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Nothing is carried out, so nothing is needed for it. */
const NOTHING = { callCenter: {} } as OperationSurroundings;

async function main(): Promise<void> {
  await writeFile(TYPES_FILE, await typesOf(describeApi(operationsOn(NOTHING))));
}

if (require.main === module) void main();
