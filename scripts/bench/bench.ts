import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../project-root';
import { provideAsterisk } from '../asterisk/asterisk-program';
import { callbacks } from './parts/callbacks-part';
import { connect } from './parts/connect-part';
import { contendersOf } from './contenders/contenders';
import { growth } from './parts/growth-part';
import { modes } from './parts/modes-part';
import { originHere } from './report/origin';
import { PARTS, type Amount, type Bench, type Outcome, type PartName } from './parts/part';
import { publish } from './report/publish';
import { rate } from './parts/rate-part';
import { rest } from './parts/rest-part';
import { loadNow } from './report/results';
import { ringing } from './parts/ringing-part';
import { Run } from './report/run';
import { SuiteScene } from './scene/suite-scene';

/**
 * How fast the service is, next to Asterisk's own queue and to the least that any program can do: on one real Asterisk, with
 * the same phones, in turn in the same run.
 *
 * A whole run writes `bench/results.json` and its tables and picture into `docs`; one of some parts does with `--write`.
 * Ends with one line of JSON; exits with 1 when something could not be measured. A target that is missed is told, and is
 * no failure; nor is one without a verdict, as others who fail are a result.
 */
const OPTIONS = {
  /** Of PARTS, with commas. */
  parts: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  rates: { type: 'string' },
  agents: { type: 'string' },
  /** A little of everything: shows that the benchmark works, and says nothing of how fast anybody is. */
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  /** Type of the floor's bridges: `mixing,video_sfu` is that of the service's for more than two. */
  'floor-bridge': { type: 'string' },
  /** Folder for a profile of the service's processor time, made by Node. It slows it down. Not for `rate` and `growth`. */
  profile: { type: 'string' },
} as const;

const WHOLE: Amount = {
  rounds: 3,
  seconds: 8,
  warmUpSeconds: 3,
  firstWarmUpSeconds: 20,
  rates: [5, 20, 40, 80],
  agents: [50, 500],
  waiting: 100,
  live: [10, 100, 1_000],
  stored: [10, 1_000, 100_000],
  events: 20_000,
  firstRate: 40,
  steps: 12,
};
const QUICK: Amount = {
  rounds: 1,
  seconds: 1,
  warmUpSeconds: 1,
  firstWarmUpSeconds: 1,
  rates: [5],
  agents: [10],
  waiting: 10,
  live: [3, 6],
  stored: [10, 100],
  events: 1_000,
  firstRate: 5,
  steps: 1,
};

/** Those that compare share one Asterisk and its phones. */
const COMPARING: Partial<Record<PartName, (bench: Bench) => Promise<Outcome>>> = { connect, ringing, modes, rest };
const ALONE: Partial<Record<PartName, (amount: Amount, nodeArguments: readonly string[]) => Promise<Outcome>>> = {
  callbacks,
  rate,
  growth,
};
/** Of the service's log, what is told when something went wrong. */
const LOG_CHARACTERS = 4_000;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function amountOf({ quick, rounds, seconds, rates, agents }: Values): Amount {
  const base = quick ? QUICK : WHOLE;
  const numbers = (given: string | undefined, fallback: readonly number[]): readonly number[] => {
    const values = given === undefined ? fallback : given.split(',').map(Number);
    if (values.some((each) => !Number.isInteger(each) || each < 1))
      throw new Error(`${given}: whole numbers, please`);
    return values;
  };
  return {
    ...base,
    rounds: numbers(rounds, [base.rounds])[0]!,
    seconds: numbers(seconds, [base.seconds])[0]!,
    rates: numbers(rates, base.rates),
    agents: numbers(agents, base.agents),
  };
}

function partsOf(given: string | undefined): readonly PartName[] {
  const wanted: readonly string[] = given?.split(',') ?? PARTS;
  const unknown = wanted.filter((each) => !PARTS.some((part) => part === each));
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);
  return PARTS.filter((each) => wanted.includes(each));
}

/** What comes out may stand beside what others measure. */
function isUsual({ quick, profile, 'floor-bridge': floorBridge }: Values): boolean {
  return !quick && profile === undefined && floorBridge === undefined;
}

function nodeArgumentsOf({ profile }: Values): readonly string[] {
  return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
}

async function compare(run: Run, names: readonly PartName[], values: Values): Promise<void> {
  const scene = await SuiteScene.start({ nodeArguments: nodeArgumentsOf(values) });
  const contenders = await contendersOf(scene, values['floor-bridge'], run.amount.firstWarmUpSeconds);
  // It is told to when others are measured.
  void scene.service.exited.then((code) => code === 0 || console.log(`the service has ended with ${code}`));
  void scene.asterisk.exited.then((code) => console.log(`Asterisk has ended with ${code}`));
  try {
    for (const name of names) {
      await run.measure(name, () => COMPARING[name]!({ scene, contenders, amount: run.amount }));
    }
    if (run.problems.length > 0) console.log((await scene.serviceLog()).slice(-LOG_CHARACTERS));
  } finally {
    await contenders.stop();
    await scene.stop();
  }
}

async function main(): Promise<void> {
  const values = parseArgs({ options: OPTIONS }).values;
  const names = partsOf(values.parts);
  if (values.write && !isUsual(values))
    throw new Error(
      '--write is not for --quick, --profile and --floor-bridge: nobody would see it of the figures',
    );
  const { version: asterisk } = await provideAsterisk(PROJECT_ROOT, console.log);
  const origin = originHere(PROJECT_ROOT, asterisk);
  const run = new Run(amountOf(values), origin);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // The kernel ends what was started.
  console.log(JSON.stringify(origin), `load ${loadNow()}`);
  const comparing = names.filter((name) => name in COMPARING);
  if (comparing.length > 0) await compare(run, comparing, values);
  for (const name of names.filter((each) => each in ALONE)) {
    await run.measure(name, () => ALONE[name]!(run.amount, nodeArgumentsOf(values)));
  }
  if ((run.isWhole(PARTS) && isUsual(values)) || values.write) {
    const fail = (error: Error): unknown => run.problems.push(`not written: ${error.message}`); // The figures are told all the same.
    await publish(PROJECT_ROOT, run.parts).catch(fail);
  }
  const { targets, problems, unasked, exitCode } = run;
  console.table(targets);
  for (const each of unasked) console.log(`not asked for, and so not judged: ${each}`);
  for (const problem of problems) console.log(problem);
  const figures = Object.fromEntries(Object.entries(run.parts).map(([name, part]) => [name, part.figures]));
  console.log(JSON.stringify({ measured: exitCode === 0, problems, unasked, ...origin, targets, figures }));
  process.exit(exitCode);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
