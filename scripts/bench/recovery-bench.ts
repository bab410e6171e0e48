import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { freePort } from '../asterisk/free-ports';
import { PROJECT_ROOT } from '../project-root';
import { notZero, type Checked } from './recovery/recovery-check';
import { providePostgres } from '../postgres/postgres-program';
import { PostgresServer } from '../postgres/postgres-server';
import { cutNetwork, killAsterisk, killService, stopStore } from './recovery/recovery-parts';
import { RecoveryScene } from './recovery/recovery-scene';
import { resume, RESUME_PLANS, type Resume } from './recovery/resume-part';
import { problemsOf, soak } from './recovery/soak-part';

/**
 * What is lost when the service, its Asterisk, its store or the network between them fails under load, how soon all is as it was, and
 * what a long day leaves behind: on a real Asterisk, with real SIP and RTP, the service as a process of its own.
 *
 * What has to be zero is told by what the phones saw, held against the API and Asterisk. Ends with one line of JSON;
 * exits with 1 when something is not as it has to be, or could not be measured.
 */
const OPTIONS = {
  /** How often the service is killed. */
  kills: { type: 'string', default: '50' },
  /** How often Asterisk is killed. */
  asterisk: { type: 'string', default: '10' },
  /** How often the network between them is cut. */
  cuts: { type: 'string', default: '20' },
  /** How often the store, a PostgreSQL, is away. */
  store: { type: 'string', default: '5' },
  /** Talks at the time of a restart. */
  resume: { type: 'string', default: '200' },
  /** Seconds of calls while memory is watched. */
  soak: { type: 'string', default: '300' },
  /** Keep the folders with the logs. */
  keep: { type: 'boolean', default: false },
} as const;

/** Whatever hangs: everything is over by then. Beside what the soak takes. */
const LIMIT_MS = 45 * 60_000;
const LINES = 10;

type Outcome = {
  readonly figures: object;
  readonly problems: readonly string[];
  readonly examples: readonly string[];
};
type Part = {
  readonly start: () => Promise<RecoveryScene>;
  readonly run: (scene: RecoveryScene, count: number) => Promise<Outcome>;
};

function judged({ examples, ...figures }: Checked, problems = notZero(figures)): Outcome {
  return { figures, problems, examples };
}

function judgedResume(figures: Resume): Outcome {
  const { differences, soundsChanged, callsLost, limitsMissed, leftOver, readyMs, sameMs, targetMs } = figures;
  const zeros = Object.entries({ differences, soundsChanged, callsLost, limitsMissed, leftOver });
  const different = zeros.filter(([, count]) => count !== 0).map(([name]) => name);
  const late = Object.entries({ readyMs, sameMs }).filter(([, { max }]) => max > targetMs);
  const problems = [...different, ...late.map(([name, { max }]) => `${name}: ${max} instead of ${targetMs}`)];
  return { figures, problems, examples: [] };
}

function parts(inspectorPort: number): Readonly<Record<string, Part>> {
  const inspect = [`--inspect=127.0.0.1:${inspectorPort}`];
  return {
    kills: { start: () => RecoveryScene.start(), run: async (...given) => judged(await killService(...given)) },
    cuts: {
      start: () => RecoveryScene.start({ isCuttable: true }),
      run: async (...given) => judged(await cutNetwork(...given)),
    },
    asterisk: {
      start: () => RecoveryScene.start(),
      run: async (...given) => judged(await killAsterisk(...given)),
    },
    store: storePart(),
    resume: {
      start: () => RecoveryScene.start({ withAudio: false, plans: RESUME_PLANS }),
      run: async (...given) => judgedResume(await resume(...given)),
    },
    soak: {
      start: () => RecoveryScene.start({ nodeArguments: inspect }),
      run: async (scene, seconds) => {
        const result = await soak(scene, seconds, inspectorPort);
        return judged(result, problemsOf(result));
      },
    },
  };
}

/** With a database of its own, which ends with this process. */
function storePart(): Part {
  let database: PostgresServer;
  return {
    start: async () => {
      database = await PostgresServer.start(await providePostgres(PROJECT_ROOT, console.log));
      const url = database.url(await database.createDatabase());
      return await RecoveryScene.start({ settings: { PARLEY_DATABASE_URL: url } });
    },
    run: async (scene, count) => {
      const outcome = judged(await stopStore(scene, count, database));
      await scene.killService();
      await database.stop();
      return outcome;
    },
  };
}

const FAULT = /"level":"error"|MaxListenersExceededWarning/;
/** That it is, is what is being tried. */
const ASTERISK_IS_AWAY = /"message":"no connection to Asterisk, trying again"/;

async function measure(part: Part, count: number, keep: boolean): Promise<Outcome> {
  const scene = await part.start();
  try {
    const outcome = await part.run(scene, count);
    const log = (await scene.serviceLog()).split('\n');
    const told = log.filter((line) => FAULT.test(line) && !ASTERISK_IS_AWAY.test(line));
    return {
      figures: { ...outcome.figures, serviceErrors: told.length, load: loadavg().map(Math.round) },
      problems: [...outcome.problems, ...(told.length > 0 ? ['the service logs errors'] : [])],
      examples: [...outcome.examples, ...told.slice(0, LINES).map((line) => line.slice(0, 500))],
    };
  } finally {
    await scene.stop(keep);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS, args: process.argv.slice(2) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg().map(Math.round).join(' ')}`);
  const figures: Record<string, object> = {};
  const problems: string[] = [];
  let current = 'nothing yet';
  const end = (): never => {
    if (Object.keys(figures).length === 0) problems.push('nothing was measured');
    for (const problem of problems) console.log(problem);
    console.log(JSON.stringify({ reached: problems.length === 0, problems, node: process.version, figures }));
    process.exit(problems.length === 0 ? 0 : 1); // The kernel ends what this process has started, however this one ends.
  };
  const limitMs = LIMIT_MS + Number(values.soak) * 1000;
  setTimeout(() => {
    problems.push(`${current}: not measured: everything should be over within ${limitMs / 60_000} minutes`);
    end();
  }, limitMs).unref();
  for (const [name, part] of Object.entries(parts(await freePort('127.0.0.1')))) {
    const count = Number(values[name as 'kills']);
    if (!Number.isInteger(count) || count < 0) throw new Error(`--${name} must be a whole number`);
    if (count === 0) continue;
    console.log(`\n${name}: ${count}`);
    current = name;
    try {
      const outcome = await measure(part, count, values.keep);
      console.log(outcome.figures);
      outcome.examples.forEach((example) => console.log(example));
      figures[name] = outcome.figures;
      problems.push(...outcome.problems.map((problem) => `${name}: ${problem}`));
    } catch (error) {
      problems.push(`${name}: not measured: ${(error as Error).message}`);
    }
  }
  end();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
