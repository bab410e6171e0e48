import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { again, KINDS, type Kind } from './kinds';

/**
 * Simulates so many seeds on all cores: `npm run simulate -- --kind hours --seed 1 --seeds 2000`. A seed that fails is
 * told with what went wrong and how to have it again; the last line is a summary in JSON. Exit code 1: some failed.
 */
const HELP = `npm run simulate -- [--kind ${Object.keys(KINDS).join('|')}] [--seed FIRST] [--seeds HOW_MANY] [--workers HOW_MANY]`;
const PROGRESS_MS = 10_000;
/** Of so many failures it is said what went wrong; the summary names all. */
const TOLD = 20;

type Task = { readonly kind: Kind; readonly first: number; readonly count: number; readonly workers: number };
/** `digest`: of all that was written, the same whenever the seed is. */
type Result = {
  readonly seed: number;
  readonly digest: string;
  readonly events: number;
  readonly inputs: number;
  readonly failure: string | null;
};

class UsageError extends Error {}

function taskFrom(args: readonly string[]): Task {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { kind: { type: 'string', default: 'hours' }, seed: number, seeds: number, workers: number },
  });
  if (!Object.keys(KINDS).includes(values.kind))
    throw new UsageError(`--kind ${values.kind}: there is no such kind`);
  return {
    kind: values.kind as Kind,
    first: wholeNumber('seed', values.seed ?? '1', 0),
    count: wholeNumber('seeds', values.seeds ?? '2000', 1),
    workers: wholeNumber('workers', values.workers ?? String(availableParallelism()), 1),
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  const isRight = /^\d+$/.test(text) && value >= least && value < 2 ** 31;
  if (!isRight) throw new UsageError(`--${name} ${text}: a whole number from ${least} on`);
  return value;
}

async function simulate(kind: Kind, seed: number): Promise<Result> {
  try {
    const { record, events, inputs } = await KINDS[kind](seed);
    return { seed, digest: digestOf(record()), events, inputs, failure: null };
  } catch (error) {
    const failure = (error as Error).message;
    return { seed, digest: digestOf(failure), events: 0, inputs: 0, failure };
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Asks the main thread for one seed after the other. */
function work(): void {
  const { kind } = workerData as Task;
  parentPort!.on('message', (seed: number) => {
    void simulate(kind, seed).then((result) => parentPort!.postMessage(result));
  });
}

async function main(): Promise<void> {
  const task = taskFrom(process.argv.slice(2));
  const { kind, first, count } = task;
  const start = performance.now();
  const results: Result[] = [];
  const progress = setInterval(() => console.log(`${results.length} of ${count}`), PROGRESS_MS);
  let next = first;
  let told = 0;
  const runWorker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename, { workerData: task });
      const goOn = (): void => {
        if (next === first + count) return void worker.terminate().then(() => resolve());
        worker.postMessage(next++);
      };
      worker.on('error', reject);
      worker.on('message', (result: Result) => {
        results.push(result);
        if (result.failure !== null && ++told <= TOLD) {
          console.log(`seed ${result.seed}: ${result.failure}\nAgain: ${again(kind, result.seed)}`);
        }
        goOn();
      });
      goOn();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(task.workers, count) }, runWorker));
  } finally {
    clearInterval(progress);
  }

  results.sort((one, other) => one.seed - other.seed);
  const failed = results.flatMap(({ seed, failure }) => (failure === null ? [] : [seed]));
  const sum = (of: 'events' | 'inputs'): number => results.reduce((total, each) => total + each[of], 0);
  const digest = digestOf(results.map((each) => each.digest).join());
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const figures = { seeds: count, failed, seconds, events: sum('events'), inputs: sum('inputs'), digest };
  console.log(JSON.stringify({ kind, seed: first, ...figures }));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

if (isMainThread) {
  main().catch((error: unknown) => {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    console.error(isUsage ? `${(error as Error).message}\n${HELP}` : error);
    process.exitCode = 2;
  });
} else {
  work();
}
