import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../asterisk/free-ports';
import { eventually } from '../../phone-farm/eventually';
import { CallLoad, type CallResult } from '../load/call-load';
import { parley } from '../contenders/contenders';
import { quantiles, rounded, type Quantiles } from '../measuring/figures';
import { loadHttp, request } from '../load/http-load';
import { Inspector } from '../measuring/inspector';
import { paced } from '../load/paced';
import type { Amount, Outcome, Table, Target } from './part';
import { keepConversations, storeConversations } from '../scene/stored-conversations';
import { SuiteScene } from '../scene/suite-scene';
import type { PhoneCall } from '../load/sip-phones';

const FIRST_AGENT = 200_001;
const AGENTS = 50;
const FIRST_HOLDING = 400_001;
const PER_SECOND = 10;
const COMING_PER_SECOND = 10;
const COMING_MS = 60_000;
const GOING_MS = 60_000;
const MOST_MB = 30;
/** With fewer, what a process takes by itself would be multiplied. */
const JUDGED_LIVE = 1_000;
/** What is measured with little and with much must not differ by more; a machine with others on it differs by that much by itself. */
const FLAT = 1.5;
const READ_SECONDS = 1;
/** Of events and of what goes into the tables, after the last call. */
const SETTLE_MS = 1_000;

export type Row = {
  /** `warm`: before the first that go on beside the calls. */
  readonly what: 'stored' | 'warm' | 'live';
  readonly conversations: number;
  /** Of the calls. */
  readonly failed: number;
  readonly ring: Quantiles;
  readonly hear: Quantiles;
  /** Seconds of a core for 1,000 calls. */
  readonly own: number;
  /** Milliseconds for a page of the list of conversations. */
  readonly page: number;
  /** Megabytes, after everything was collected that can be: in the heap, and in memory as a whole. */
  readonly heap: number;
  readonly resident: number;
  readonly asterisk: number;
};

/** Figure 7, and the memory of figure 4: the same with more and more conversations that live, and that are stored. */
export async function growth(amount: Amount): Promise<Outcome> {
  const stored = await onNewStore(amount, (part) => part.withStored());
  return outcomeOf([...stored, ...(await onNewStore(amount, (part) => part.withLive()))]);
}

async function onNewStore(
  amount: Amount,
  measure: (part: Growth) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const port = await freePort('127.0.0.1');
  const scene = await SuiteScene.start({ nodeArguments: [`--inspect=127.0.0.1:${port}`] });
  try {
    return await measure(new Growth(scene, amount, port));
  } finally {
    await scene.stop();
  }
}

class Growth {
  private readonly talks: PhoneCall[] = [];
  private readonly rows: Row[] = [];

  constructor(
    private readonly scene: SuiteScene,
    private readonly amount: Amount,
    private readonly inspectorPort: number,
  ) {}

  async withStored(): Promise<readonly Row[]> {
    const { scene, amount } = this;
    await parley(scene).open(await scene.growAgents(FIRST_AGENT, AGENTS, 'work'));
    await this.warmUp();
    for (const count of amount.stored) {
      await scene.stopService();
      storeConversations(scene.storeFile, count);
      scene.startService();
      await scene.untilReady();
      await this.warmUp();
      await wait(SETTLE_MS);
      await this.measure('stored', keepConversations(scene.storeFile, count)); // Without those of warming up.
    }
    return this.rows;
  }

  async withLive(): Promise<readonly Row[]> {
    const { scene, amount } = this;
    const agents = await scene.growAgents(FIRST_AGENT, AGENTS, 'work');
    const holding = await scene.growAgents(FIRST_HOLDING, Math.max(...amount.live), 'hold');
    await parley(scene).open([...agents, ...holding]);
    await this.warmUp();
    await this.measure('warm', 0);
    // The most there will be once before: what a process takes for good when it first has so much to do is told by itself.
    await this.talkUntil(Math.max(...amount.live));
    await this.warmUp();
    await this.endTalks();
    await this.measure('live', 0);
    for (const count of amount.live) {
      await this.talkUntil(count);
      await this.measure('live', count);
    }
    await this.endTalks();
    return this.rows;
  }

  /** Live conversations, until there are so many. */
  private async talkUntil(count: number): Promise<void> {
    const { scene, talks } = this;
    scene.phones.onRing = ({ call }) => {
      talks.push(call);
      call.answer();
    };
    const missing = count - talks.length / 2;
    const come = (): void =>
      void scene.callTo('Parley', 'hold').then(
        (call) => talks.push(call),
        () => {}, // Then there are too few.
      );
    await paced(COMING_PER_SECOND, missing, come);
    const areUp = (): boolean => talks.filter(({ stage }) => stage === 'up').length === 2 * count;
    await eventually(areUp, COMING_MS, () => `${2 * count} phones should talk, ${talks.length} do`);
  }

  private async endTalks(): Promise<void> {
    for (const call of this.talks.splice(0)) if (call.invite === undefined) call.hangUp();
    const isQuiet = async (): Promise<boolean> => (await this.scene.leftInAsterisk()) === '';
    await eventually(isQuiet, GOING_MS, () => 'all talks should have ended');
  }

  /** As a process that has just begun needs it. */
  private async warmUp(): Promise<void> {
    await this.load({ seconds: this.amount.firstWarmUpSeconds, warmUpSeconds: 0 });
  }

  private async load(amount: Pick<Amount, 'seconds' | 'warmUpSeconds'>): Promise<CallResult> {
    const { seconds, warmUpSeconds } = amount;
    const options = { perSecond: PER_SECOND, seconds, warmUpSeconds };
    return await new CallLoad(this.scene, parley(this.scene), options).run();
  }

  private async measure(what: Row['what'], conversations: number): Promise<void> {
    const { scene } = this;
    const { failed, ring, hear, spent, placed } = await this.load(this.amount);
    const target = {
      port: Number(new URL(scene.api.url).port),
      requests: [request('GET', '/v1/callcenter/conversation?pageSize=20')],
    };
    const { p50 } = await loadHttp(target, 1, READ_SECONDS);
    const inspector = await Inspector.connect(this.inspectorPort);
    const heap = await inspector.heapInUse();
    inspector.close();
    this.rows.push({
      what,
      conversations,
      failed,
      ring: quantiles(ring),
      hear: quantiles(hear),
      own: rounded((spent.own / placed) * 1000),
      page: rounded(p50, 2),
      heap: rounded(heap / 1e6),
      resident: residentMb(scene.service.pid),
      asterisk: residentMb(scene.asterisk.pid),
    });
    console.log(JSON.stringify(this.rows.at(-1)));
  }
}

function residentMb(pid: number | undefined): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return rounded(Number(kilobytes) / 1000);
}

export function outcomeOf(rows: readonly Row[]): Outcome {
  const of = (what: Row['what']): readonly Row[] => rows.filter((row) => row.what === what);
  const stored = of('stored');
  const live = of('live');
  const [warm, none, fewest, most] = [of('warm')[0]!, live[0]!, live[1]!, live.at(-1)!];
  const memory = { sinceWarm: perThousand(warm, most), sinceNone: perThousand(none, most) };
  return {
    figures: { rows, memory },
    tables: [tableOf(rows), memoryTable(memory, most)],
    targets: [
      ...(memory.sinceWarm === null
        ? []
        : [
            {
              what: `resident MB per 1,000 live conversations (of ${most.conversations})`,
              value: memory.sinceWarm.resident,
              limit: MOST_MB,
              sense: 'at most' as const,
            },
          ]),
      ...flat(fewest, most),
      ...flat(stored[0]!, stored.at(-1)!),
    ],
    problems: rows
      .filter(({ ring }) => Number.isNaN(ring.p50))
      .map((row) => `no call was connected: ${nameOf(row)}`),
  };
}

const PARTS_OF_MEMORY = ['heap', 'resident', 'asterisk'] as const;
type Memory = Readonly<Record<(typeof PARTS_OF_MEMORY)[number], number>>;

/** Null: of too few to say. */
function perThousand(before: Row, most: Row): Memory | null {
  if (most.conversations < JUDGED_LIVE) return null;
  const more = (part: keyof Memory): number => rounded(((most[part] - before[part]) / most.conversations) * 1000);
  return { heap: more('heap'), resident: more('resident'), asterisk: more('asterisk') };
}

function nameOf({ what, conversations }: Row): string {
  return what === 'warm' ? 'warm, before the first conversations' : `${conversations} ${what}`;
}

/** What is compared must have come of all calls: if it has not, those that failed are told in its place. */
function flat(fewest: Row, most: Row): readonly Target[] {
  const pair = `${nameOf(most)}, times ${nameOf(fewest)}`;
  const failed = fewest.failed + most.failed;
  if (failed > 0) return [{ what: `calls that failed, ${pair}`, value: failed, limit: 0, sense: 'at most' }];
  const figures: readonly (readonly [what: string, of: (row: Row) => number])[] = [
    ['ring p50', ({ ring }) => ring.p50],
    ['hear p50', ({ hear }) => hear.p50],
    ['processor time', ({ own }) => own],
    ['a page of conversations', ({ page }) => page],
  ];
  return figures.map(([what, value]) => ({
    what: `${what}, ${pair}`,
    value: rounded(value(most) / value(fewest), 2),
    limit: FLAT,
    sense: 'at most',
  }));
}

function tableOf(rows: readonly Row[]): Table {
  return {
    title: `The same with more conversations, at ${PER_SECOND} calls a second`,
    head: [
      'conversations',
      'failed',
      'ring p50 / p99 ms',
      'hear p50 / p99 ms',
      'own s per 1,000 calls',
      'page of conversations ms',
      'heap MB',
      'resident MB',
      'Asterisk MB',
    ],
    rows: rows.map((row) => [
      nameOf(row),
      row.failed,
      `${row.ring.p50} / ${row.ring.p99}`,
      `${row.hear.p50} / ${row.hear.p99}`,
      row.own,
      row.page,
      row.heap,
      row.resident,
      row.asterisk,
    ]),
  };
}

function memoryTable(memory: Readonly<Record<'sinceWarm' | 'sinceNone', Memory | null>>, most: Row): Table {
  const cells = (figures: Memory | null): readonly (string | number)[] =>
    PARTS_OF_MEMORY.map((part) => figures?.[part] ?? 'not measured');
  return {
    title: `Megabytes for 1,000 live conversations (of ${most.conversations})`,
    head: ['more than', 'heap', 'resident', 'Asterisk'],
    rows: [
      ['warm, before the first conversations', ...cells(memory.sinceWarm)],
      ['none live, after there were as many once', ...cells(memory.sinceNone)],
    ],
  };
}
