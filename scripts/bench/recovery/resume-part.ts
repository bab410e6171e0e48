import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../phone-farm/eventually';
import { nameOf } from '../scene/bench-scene';
import { paced } from '../load/paced';
import { leftOvers, running } from './recovery-check';
import { timesOf, users, type Times } from './recovery-parts';
import { FOR_ANYBODY, onPlan, type RecoveryScene } from './recovery-scene';
import type { PhoneCall, Ringing } from '../load/sip-phones';

/** By then all is as it was, in each of the restarts. */
const TARGET_MS = 2_000;
const RESTARTS = 5;
const CALLS_PER_SECOND = 10;
const SET_UP_MS = 90_000;
const SAME_MS = 30_000;
const REST_MS = 500;
const SOUND_MS = 2_000;
/** Packets a second, of 50, from which on somebody hears something. */
const HEARD = 25;
/** Of the conversations, one of so many is in each of these modes. */
const EVERY = 10;
const WAITING = 5;
/** Agents who are in none. */
const STATES = ['busy/paperwork', 'away'] as const;
const TIMED_SECONDS = 25;
const RINGING_SECONDS = 30;
/** Calls that come and go while the service is killed and comes back. */
const PASSING_PER_SECOND = 5;
const PASSING_AGENTS = 10;
const PASSING_TALK_MS = 1_000;
/** How late a timer may be that was armed anew. */
const LATE_MS = 2_000;

/** What callers of this part wait for. */
export const RESUME_PLANS = {
  absent: '<enqueue><route><skill name="absent" priority="3"/><skill name="absent as well"/></route></enqueue>',
  timed: `<enqueue conversation_timeout="${TIMED_SECONDS}"><route><skill name="work"/></route></enqueue>`,
  passing: '<enqueue><route><skill name="passing"/></route></enqueue>',
  slow: `<enqueue><route><skill name="slow" fetch_timeout="${RINGING_SECONDS}"/></route></enqueue>`,
};

export type Resume = {
  readonly conversations: number;
  /** Calls that came and went meanwhile. */
  readonly passed: number;
  readonly targetMs: number;
  /** From the start of the process. */
  readonly readyMs: Times;
  /** Until the API shows all as it was, and everybody sits in Asterisk where they sat. */
  readonly sameMs: Times;
  /** Places where something was different at the end. */
  readonly differences: number;
  /** Parties who did not hear a sound that they had heard, or the other way round. */
  readonly soundsChanged: number;
  readonly callsLost: number;
  /** Of the limits of talking and of ringing, those that were not kept to the second. */
  readonly limitsMissed: number;
  readonly leftOver: number;
};

/**
 * The service is killed and started again with many talks, and some who wait, ring and are held, while other calls come
 * and go.
 */
export async function resume(scene: RecoveryScene, conversations: number): Promise<Resume> {
  const talks = await talkingPhones(scene, conversations);
  await changeModes(scene);
  const resting = await restingAgents(scene);
  const passing = await PassingCalls.of(scene);
  const waiting = await Promise.all(
    Array.from({ length: WAITING }, () => scene.callIn(scene.newNumber(), onPlan('absent'))),
  );
  const calls = [...talks, ...waiting];
  const allWait = async (): Promise<boolean> => (await scene.api.list('queue')).length === WAITING;
  await eventually(allWait, SET_UP_MS, () => `${WAITING} should wait`);
  const [ready, same]: [number[], number[]] = [[], []];
  let differences = 0;
  let soundsChanged = 0;
  let limitsMissed = 0;
  for (let turn = 1; turn <= RESTARTS; turn++) {
    const limits = turn === RESTARTS ? await startLimits(scene) : undefined;
    const before = await lookAtRest(scene);
    const heard = limits === undefined ? await whoHears(scene, calls) : undefined;
    passing.begin();
    await scene.killService();
    const started = performance.now();
    scene.startService();
    ready.push(await scene.untilReady(started));
    const after = await untilSame(scene, before);
    same.push(performance.now() - started);
    await passing.end();
    const different = changed(before, after);
    differences += different.length;
    for (const line of different.slice(0, 5)) console.log(line);
    if (heard !== undefined) {
      const now = await whoHears(scene, calls);
      soundsChanged += calls.filter((call) => heard.get(call) !== now.get(call)).length;
    }
    limitsMissed += (await limits?.()) ?? 0;
    console.log(
      `restart ${turn}: ready after ${Math.round(ready.at(-1)!)} ms, all the same after ${Math.round(same.at(-1)!)}`,
    );
  }
  for (const name of resting) await scene.api.post(`agent/${name}/state`, { state: 'idle' });
  const callsLost = calls.filter(({ stage }) => stage !== 'up').length;
  for (const call of calls) if (call.stage === 'up' && call.invite === undefined) call.hangUp();
  const left = await leftOvers(scene);
  return {
    conversations,
    passed: passing.count,
    targetMs: TARGET_MS,
    readyMs: timesOf(ready),
    sameMs: timesOf(same),
    differences,
    soundsChanged,
    callsLost,
    limitsMissed,
    leftOver: left.stuck.length + left.running.length + left.queued + (left.inAsterisk === '' ? 0 : 1),
  };
}

/** Each with an agent. */
async function talkingPhones(scene: RecoveryScene, count: number): Promise<readonly PhoneCall[]> {
  const calls: PhoneCall[] = [];
  scene.phones.onRing = ({ user, call }: Ringing) => {
    if (user.startsWith('2')) return; // It rings on.
    if (!user.startsWith(PASSING)) calls.push(call);
    call.answer();
  };
  // One more, for whoever has a limit.
  await scene.provideAgents(users(100_001, count + 1));
  await scene.provideAgents(users(200_001, 1), 'slow');
  await paced(
    CALLS_PER_SECOND,
    count,
    () => void scene.callIn(scene.newNumber(), FOR_ANYBODY).then((call) => calls.push(call)),
  );
  const areUp = (): boolean => calls.filter(({ stage }) => stage === 'up').length === 2 * count;
  await eventually(areUp, SET_UP_MS, () => `${2 * count} phones should talk, ${calls.length} do`);
  return calls;
}

/** Some are held, some hear nothing, some may not be heard. */
async function changeModes(scene: RecoveryScene): Promise<void> {
  const conversations = await running(scene.api);
  for (const [index, { id, members }] of conversations.entries()) {
    const mode = [2, 3, 4][index % EVERY];
    if (mode === undefined) continue;
    await scene.api.post(`conversation/${id}/call/${members[index % 2]!.call_id}/lsm`, { mode });
  }
}

/** One in each state that an agent can choose but `idle`; answers their names. */
async function restingAgents(scene: RecoveryScene): Promise<readonly string[]> {
  const names = await scene.provideAgents(users(300_001, STATES.length), 'rest');
  for (const [index, state] of STATES.entries()) await scene.api.post(`agent/${names[index]!}/state`, { state });
  return names;
}

/** A talk and a ringing that are to end by themselves; answers how to wait for both, and how many did so too late or too early. */
async function startLimits(scene: RecoveryScene): Promise<() => Promise<number>> {
  const ringing = new Promise<Ringing>((resolve) => {
    const others = scene.phones.onRing;
    scene.phones.onRing = (each) => {
      others(each);
      if (each.user.startsWith('2')) resolve(each);
    };
  });
  const timed = await scene.callIn(scene.newNumber(), onPlan('timed'));
  await scene.callIn(scene.newNumber(), onPlan('slow'));
  const { call, at } = await ringing;
  const isMissed = async (each: PhoneCall, since: number, seconds: number): Promise<boolean> => {
    await Promise.race([each.ended, wait(since + seconds * 1000 + LATE_MS - performance.now())]);
    const took = (each.overAt ?? Infinity) - since;
    const isLate = Math.abs(took - seconds * 1000) > LATE_MS;
    if (isLate) console.log(`after ${took} ms and not ${seconds} s`);
    return isLate;
  };
  const since = timed.upAt!;
  return async () =>
    [await isMissed(timed, since, TIMED_SECONDS), await isMissed(call, at, RINGING_SECONDS)].filter(Boolean)
      .length;
}

/** Users of the agents that they are for begin with it. */
const PASSING = '5';

/** Callers with agents of their own, who hang up after a moment. */
class PassingCalls {
  private readonly calls = new Set<PhoneCall>();
  private isOver = true;
  private running: Promise<void> | undefined;
  count = 0;

  static async of(scene: RecoveryScene): Promise<PassingCalls> {
    await scene.provideAgents(users(500_001, PASSING_AGENTS), 'passing');
    return new PassingCalls(scene);
  }

  private constructor(private readonly scene: RecoveryScene) {}

  begin(): void {
    this.isOver = false;
    this.running = paced(
      PASSING_PER_SECOND,
      Infinity,
      () => void this.pass(),
      () => this.isOver,
    );
  }

  /** Resolves when they are through. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
    await eventually(
      () => this.calls.size === 0,
      SET_UP_MS,
      () => `${this.calls.size} calls are not through`,
    );
  }

  private async pass(): Promise<void> {
    const call = await this.scene.callIn(this.scene.newNumber(), onPlan('passing'));
    this.calls.add(call);
    this.count++;
    await wait(PASSING_TALK_MS);
    if (call.stage === 'up') call.hangUp();
    await call.ended;
    this.calls.delete(call);
  }
}

type View = ReadonlyMap<string, string>;

/** Everything that is to be the same again, by what it is. */
async function look(scene: RecoveryScene): Promise<View> {
  const { api } = scene;
  const view = new Map<string, string>();
  for (const each of await running(api)) view.set(`conversation ${each.id}`, JSON.stringify(each));
  for (const each of await api.list('agent')) {
    if (!each.name.startsWith(nameOf(PASSING))) view.set(`agent ${each.name}`, JSON.stringify(each));
  }
  for (const each of await api.list('extension')) view.set(`extension ${each.id}`, JSON.stringify(each));
  for (const task of await api.list('queue'))
    view.set(`task ${task.id}`, JSON.stringify({ ...task, waited_seconds: null, estimated_wait: null }));
  for (const [bridge, channels] of await scene.seats()) view.set(`bridge ${bridge}`, channels.join(' '));
  return view;
}

/** A call is up at its phone before all has come of it. */
async function lookAtRest(scene: RecoveryScene): Promise<View> {
  for (let last = await look(scene); ;) {
    await wait(REST_MS);
    const view = await look(scene);
    if (differing(last, view).length === 0) return view;
    last = view;
  }
}

/** What has come since is of calls that pass. */
const changed = (before: View, after: View): readonly string[] => differing(before, after, before.keys());

async function untilSame(scene: RecoveryScene, before: View): Promise<View> {
  const until = performance.now() + SAME_MS;
  for (;;) {
    const view = await look(scene);
    if (changed(before, view).length === 0 || performance.now() > until) return view;
  }
}

function differing(
  before: View,
  after: View,
  keys: Iterable<string> = new Set([...before.keys(), ...after.keys()]),
): readonly string[] {
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}\n  before: ${before.get(key)}\n  after:  ${after.get(key)}`);
}

/** Who gets as many packets as a sound has. Phones here send none, so nobody hears another. */
async function whoHears(
  { mill }: RecoveryScene,
  calls: readonly PhoneCall[],
): Promise<ReadonlyMap<PhoneCall, boolean>> {
  const before = await mill.received();
  await wait(SOUND_MS);
  const after = await mill.received();
  const perSecond = (port: number): number =>
    ((after.get(port) ?? 0) - (before.get(port) ?? 0)) / (SOUND_MS / 1000);
  return new Map(calls.map((call) => [call, perSecond(call.audio ?? 0) > HEARD]));
}
