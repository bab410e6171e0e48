import { setTimeout as wait } from 'node:timers/promises';
import type { Schemas } from '../../api/api-types';
import type { ApiClient } from '../../api-client';
import { byNumber, faultsOfRecord } from './call-record';
import { absencesIn, judge, tell, type Absence, type Story } from './call-story';
import { untilQuiet, type RecoveryLoad } from './recovery-load';
import type { RecoveryScene } from './recovery-scene';

/** How long people may take to end their talks, and then everything to be as if there had been none. */
const QUIET_MS = 60_000;
const CLEAN_MS = 30_000;
const EXAMPLES = 6;

/** What must not be. */
type Zeros = {
  /** Phones that were up, and that we hung up on for nothing. */
  readonly dropped: number;
  /** The same for those that were answered while the service was away. */
  readonly cutOnAnswer: number;
  /** Phones that rang, and that we gave up for nothing. */
  readonly givenUp: number;
  /** Phones that nobody has told that their call is over. */
  readonly leftUp: number;
  /** Callers whose call was not taken. */
  readonly refused: number;
  /** Records that are missing, twice, not completed, or not what the phones say. */
  readonly recordFaults: number;
  readonly leftRunning: number;
  readonly agentsStuck: number;
  readonly leftInQueue: number;
  /** Lines that Asterisk prints for channels and bridges. */
  readonly leftInAsterisk: number;
};

const ZEROS: Readonly<Record<keyof Zeros, true>> = {
  dropped: true,
  cutOnAnswer: true,
  givenUp: true,
  leftUp: true,
  refused: true,
  recordFaults: true,
  leftRunning: true,
  agentsStuck: true,
  leftInQueue: true,
  leftInAsterisk: true,
};

/** The names of those that are not. */
export function notZero(found: Zeros): readonly string[] {
  return (Object.keys(ZEROS) as (keyof Zeros)[]).filter((name) => found[name] !== 0);
}

export type Checked = Zeros & {
  readonly calls: number;
  readonly talks: number;
  /** Calls of agents to others that were not made, because a dial is not tried twice: no fault. */
  readonly alone: number;
  readonly commandsRefused: number;
  /** What went wrong, as the phones tell it: some of it. */
  readonly examples: readonly string[];
};

/**
 * Waits until everybody has hung up, and holds the story of every call at its phones against the records of the service;
 * then looks for what is left over. `reasons`: why a talk may have ended.
 */
export async function check(
  scene: RecoveryScene,
  load: RecoveryLoad,
  absences: readonly Absence[],
  { reasons = ['dismiss'], mayBeRefused = false } = {},
): Promise<Checked> {
  await untilQuiet(load, QUIET_MS);
  const leftOver = await leftOvers(scene);
  const { refused, commands } = load;
  const stories = load.takeStories();
  const records = byNumber(await scene.api.list('conversation'));
  const faults = stories.map((story) => ({
    story,
    ...judge(story, absences),
    wrong: faultsOfRecord(story, records.get(story.number) ?? [], absences, reasons),
  }));
  const all = (which: 'dropped' | 'cutOnAnswer' | 'alone' | 'givenUp' | 'left'): number =>
    faults.reduce((sum, each) => sum + each[which].length, 0);
  const isFaulty = ({ dropped, givenUp, left, wrong, cutOnAnswer }: (typeof faults)[number]): boolean =>
    [dropped, givenUp, left, wrong, cutOnAnswer].some(({ length }) => length > 0);
  const told = faults
    .filter(isFaulty)
    .map(({ story, wrong }) => [tell(story), ...wrong, ...absencesIn(story, absences)].join('\n  '));
  return {
    calls: stories.length,
    talks: stories.filter(hasTalk).length,
    dropped: all('dropped'),
    cutOnAnswer: all('cutOnAnswer'),
    givenUp: all('givenUp'),
    leftUp: all('left'),
    refused: mayBeRefused ? 0 : refused,
    recordFaults: faults.filter(({ wrong }) => wrong.length > 0).length,
    leftRunning: leftOver.running.length,
    agentsStuck: leftOver.stuck.length,
    leftInQueue: leftOver.queued,
    leftInAsterisk: leftOver.inAsterisk.split('\n').filter((line) => line !== '').length,
    alone: all('alone'),
    commandsRefused: commands.failed,
    examples: [...leftOver.stuck, ...leftOver.running, leftOver.inAsterisk, ...told]
      .filter((text) => text !== '')
      .slice(0, EXAMPLES),
  };
}

function hasTalk({ legs }: Story): boolean {
  return legs.filter(({ upAt }) => upAt !== undefined).length > 1;
}

type LeftOver = {
  readonly stuck: readonly string[];
  readonly running: readonly string[];
  readonly queued: number;
  readonly inAsterisk: string;
};

/** What is still there when it has had its time to go. */
export async function leftOvers(scene: RecoveryScene): Promise<LeftOver> {
  const until = performance.now() + CLEAN_MS;
  for (;;) {
    const left = await look(scene);
    const isClean = left.stuck.length + left.running.length + left.queued === 0 && left.inAsterisk === '';
    if (isClean || performance.now() > until) return left;
    await wait(200);
  }
}

async function look(scene: RecoveryScene): Promise<LeftOver> {
  const { api } = scene;
  const agents = await api.list('agent');
  return {
    stuck: agents
      .filter(({ state, conversations }) => state !== 'idle' || conversations.length > 0)
      .map((agent) => JSON.stringify(agent)),
    running: (await running(api)).map((each) => JSON.stringify(each)),
    queued: (await api.list('queue')).length,
    inAsterisk: await scene.leftInAsterisk(),
  };
}

/** The conversations that go on. */
export async function running(api: ApiClient): Promise<readonly Schemas['Conversation'][]> {
  return await api.list('conversation', { state: 'running' });
}
