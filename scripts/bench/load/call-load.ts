import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../phone-farm/eventually';
import { VOICES } from './audio-mill';
import type { Contender } from '../contenders/contenders';
import { ProcessorWatch, type Shares } from '../measuring/machine-load';
import { paced } from './paced';
import type { SuiteScene } from '../scene/suite-scene';
import type { Moment, PhoneCall, Ringing } from './sip-phones';

type CallOptions = {
  readonly perSecond: number;
  /** Of calls that count. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
};

export type Who = 'own' | 'asterisk' | 'phones';

export type CallResult = {
  /** Calls that count. */
  readonly placed: number;
  /** Of these, those that did not come to a talk, or did not end. */
  readonly failed: number;
  /** Milliseconds from the caller's INVITE to the one at the agent's phone. */
  readonly ring: readonly number[];
  /** Milliseconds from the agent's answer until both have heard each other. */
  readonly hear: readonly number[];
  /** Milliseconds from the caller's INVITE until both have heard each other. */
  readonly all: readonly number[];
  /** Seconds of a core while calls came that count. */
  readonly spent: Shares<Who>;
  /** Of this process, which holds the phones: how late it was, p99 in milliseconds. */
  readonly late: number;
};

/** From the moment both have heard each other. */
const TALK_MS = 200;
/** How long a call may take from its first INVITE to its last BYE. */
const LIMIT_MS = 5_000;
/** Half a minute went by until both cores were through with what one contender could not bear (measured). */
const CLEAR_MS = 120_000;

/** A call as its phones see it. */
type Act = {
  readonly number: string;
  readonly since: Moment;
  readonly isCounted: boolean;
  caller?: PhoneCall;
  agent?: PhoneCall;
  rungAt?: Moment;
  readonly heardAt: { caller?: Moment; agent?: Moment };
  isOver: boolean;
};

/**
 * Calls come at an even pace; an agent's phone answers at once; when both parties have heard each other, the agent hangs up
 * a moment later. Agents have to be more than there are calls at a time. Phones say nothing else: audio costs every
 * contender the same.
 */
export class CallLoad {
  private readonly acts = new Map<string, Act>();
  private isMeasuring = false;
  private isClosed = false;
  /** Channels of talks that go on beside this. */
  private others = 0;

  constructor(
    private readonly scene: SuiteScene,
    private readonly contender: Contender,
    private readonly options: CallOptions,
  ) {
    scene.phones.onRing = (ringing) => this.ring(ringing);
  }

  async run(): Promise<CallResult> {
    try {
      return await this.measure();
    } finally {
      this.isClosed = true;
    }
  }

  private async measure(): Promise<CallResult> {
    const { perSecond, seconds, warmUpSeconds } = this.options;
    const { asterisk } = this.scene;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const pids = { own: this.contender.pid, asterisk: asterisk.pid, phones: process.pid };
    let watch = new ProcessorWatch<Who>(pids);
    const warmUp = warmUpSeconds * perSecond;
    this.others = await this.scene.channels();
    await paced(perSecond, warmUp + seconds * perSecond, (turn) => {
      if (turn === warmUp) {
        this.isMeasuring = true;
        delay.enable();
        watch = new ProcessorWatch<Who>(pids);
      }
      this.place();
    });
    const spent = watch.spent();
    delay.disable();
    await eventually(
      () => [...this.acts.values()].every(({ isOver }) => isOver),
      LIMIT_MS,
      () => '',
    ).catch(() => {});
    await this.clear();
    return {
      ...this.figures(),
      spent,
      late: delay.percentile(99) / 1e6 - 1, // Its own resolution is a millisecond.
    };
  }

  private figures(): Pick<CallResult, 'placed' | 'failed' | 'ring' | 'hear' | 'all'> {
    const counted = [...this.acts.values()].filter(({ isCounted }) => isCounted);
    const good = counted.filter(({ isOver }) => isOver);
    const bothHeard = ({ heardAt: { caller, agent } }: Act): Moment => Math.max(caller!, agent!);
    return {
      placed: counted.length,
      failed: counted.length - good.length,
      ring: good.map(({ since, rungAt }) => rungAt! - since),
      hear: good.map((act) => bothHeard(act) - act.agent!.upAt!),
      all: good.map((act) => bothHeard(act) - act.since),
    };
  }

  private place(): void {
    const number = this.scene.newNumber();
    const act: Act = { number, since: performance.now(), isCounted: this.isMeasuring, heardAt: {}, isOver: false };
    this.acts.set(number, act);
    this.scene.callTo(this.contender.name, 'work', number).then(
      (call) => {
        act.caller = call;
        this.connect(act);
      },
      () => {}, // It is never over, and so has failed.
    );
  }

  private ring({ at, call }: Ringing): void {
    const act = this.acts.get(call.shown);
    if (act === undefined || act.agent !== undefined) return call.refuse();
    act.agent = call;
    act.rungAt = at;
    call.answer();
    this.connect(act);
  }

  /** When both are up, each listens for the other and speaks until it has been heard: so many packets are nothing for who waits. */
  private connect(act: Act): void {
    const { caller, agent } = act;
    if (caller?.audio === undefined || agent?.audio === undefined) return;
    const { mill } = this.scene;
    const hear = (who: 'caller' | 'agent', ear: number, speaker: number, voice: number): void => {
      mill.listen(ear, voice, (at) => {
        mill.stopCalling(speaker);
        act.heardAt[who] = at;
        if (act.heardAt.caller !== undefined && act.heardAt.agent !== undefined) void this.end(act);
      });
      mill.call(speaker, voice);
    };
    hear('caller', caller.audio, agent.audio, VOICES.agent);
    hear('agent', agent.audio, caller.audio, VOICES.caller);
  }

  private async end(act: Act): Promise<void> {
    await wait(TALK_MS);
    if (this.isClosed || act.agent?.stage !== 'up') return;
    act.agent.hangUp();
    await act.caller?.ended;
    act.isOver = true;
  }

  /** Whatever is left of failed calls is ended, so that the next round begins with none. */
  private async clear(): Promise<void> {
    const { scene } = this;
    const open = [...this.acts.values()].filter(({ isOver }) => !isOver);
    for (const call of open.flatMap(({ caller, agent }) => [caller, agent])) {
      if (call?.audio !== undefined) scene.mill.stopCalling(call.audio);
      if (call?.stage === 'up') call.hangUp();
    }
    if (open.length > 0 && this.others === 0) await scene.asterisk.cli('channel request hangup all'); // Callers who are not up.
    const isQuiet = async (): Promise<boolean> => (await scene.channels()) <= this.others;
    const { contender, options } = this;
    const left = `the channels of all calls should be gone from Asterisk, ${contender.name} at ${options.perSecond} a second`;
    await eventually(isQuiet, CLEAR_MS, () => left);
  }
}
