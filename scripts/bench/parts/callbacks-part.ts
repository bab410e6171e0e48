import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { openSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../project-root';
import { startChild, type Child } from '../../asterisk/child-process';
import { freePort } from '../../asterisk/free-ports';
import { eventually } from '../../phone-farm/eventually';
import type { Posted, ToPost } from '../processes/bare-poster-process';
import type { Received } from '../processes/callback-receiver-process';
import { countUndelivered, EVENTS_OF_A_CALL, storeUndelivered } from '../scene/callback-store';
import { median, rounded } from '../measuring/figures';
import { ProcessorWatch } from '../measuring/machine-load';
import { inTurn, type Amount, type Outcome } from './part';
import { sendingTo } from '../scene/webhook-receiver';

const AT_LEAST = 2_000;
/** As many as the service has under way. */
const CONNECTIONS = 32;
/** Of the events of a round, those that a process needs to get warm. */
const WARM_SHARE = 0.2;
const LIMIT_MS = 60_000;
const RECORD_MS = 5_000;
const STOP_MS = 10_000;

type Who = 'Parley' | 'bare loop';
const BOTH: readonly Who[] = ['Parley', 'bare loop'];

type Round = {
  readonly who: Who;
  readonly perSecond: number;
  /** Processor time of the process that posts, for each event. */
  readonly ownMs: number;
  readonly problems: readonly string[];
} & Pick<Received, 'twice'>;

/** Events that wait in the store, as after a receiver was down, until a healthy one has them all: next to a bare loop of requests. */
export async function callbacks(amount: Amount, nodeArguments: readonly string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const port = await freePort('127.0.0.1');
    const filled = join(folder, 'filled.sqlite');
    const calls = Math.round(amount.events / EVENTS_OF_A_CALL);
    const bodies = await storeUndelivered(filled, urlOf(port), calls);
    const rounds: Round[] = [];
    for (let round = 0; round < amount.rounds; round++) {
      for (const who of inTurn(BOTH, round)) {
        const scene = { folder: join(folder, `${round}`), filled, port, bodies };
        rounds.push(who === 'Parley' ? await deliver(scene, nodeArguments) : await post(scene, amount.seconds));
        console.log(JSON.stringify(rounds.at(-1)));
      }
    }
    return outcomeOf(rounds, bodies.length);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Scene = {
  /** Of one round. */
  readonly folder: string;
  readonly filled: string;
  /** Of the receiver. */
  readonly port: number;
  readonly bodies: readonly string[];
};

const urlOf = (port: number): string => `http://127.0.0.1:${port}/`;

/** The service itself, which needs no Asterisk for it, from its start until everything has arrived. */
async function deliver(scene: Scene, nodeArguments: readonly string[]): Promise<Round> {
  const { folder, filled, port, bodies } = scene;
  const store = join(folder, 'parley.sqlite');
  const log = join(folder, 'service.log');
  await mkdir(folder);
  await copyFile(filled, store);
  const warm = Math.ceil(bodies.length * WARM_SHARE);
  const receiver = await startReceiver(port, warm, bodies.length);
  const service = await startService(scene, log, nodeArguments);
  const ended = service.exited.then((code) => {
    throw new Error(`the service has ended with ${code}`);
  });
  ended.catch(() => {}); // Whoever waits for something else learns of it.
  try {
    const first = await Promise.race([receiver.next<Received>(), ended]);
    const watch = new ProcessorWatch({ own: service.pid });
    const last = await Promise.race([receiver.next<Received>(), ended]);
    const { own } = watch.spent();
    const isOnRecord = (): boolean => countUndelivered(store) === 0;
    await eventually(isOnRecord, RECORD_MS, () => 'the store should say that all have arrived');
    const counted = bodies.length - warm;
    return {
      who: 'Parley',
      perSecond: (counted / (last.at - first.at)) * 1000,
      ownMs: (own / counted) * 1000,
      twice: last.twice,
      problems: faultsOf(last),
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await readFile(log, 'utf8')}`, { cause: error });
  } finally {
    await service.stop(STOP_MS);
    receiver.stop();
  }
}

async function startService(
  { folder, port }: Scene,
  log: string,
  nodeArguments: readonly string[],
): Promise<Child> {
  const output = openSync(log, 'a');
  return startChild(process.execPath, [...nodeArguments, join(PROJECT_ROOT, 'dist/src/main.js')], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env['PATH'],
      PARLEY_HTTP_PORT: '0',
      PARLEY_ARI_URL: `http://127.0.0.1:${await freePort('127.0.0.1')}`, // Nobody is there.
      PARLEY_ARI_USER: 'nobody',
      PARLEY_ARI_PASSWORD: 'nobody',
      PARLEY_DATA: folder,
      PARLEY_PLANS: folder,
      ...sendingTo(urlOf(port)),
    },
  });
}

function faultsOf({ gaps, overtaken }: Received): readonly string[] {
  return [
    ...(gaps > 0 ? [`${gaps} events were not the next of what they are about`] : []),
    ...(overtaken > 0 ? [`${overtaken} events came after later ones`] : []),
  ];
}

async function post({ port, bodies }: Scene, seconds: number): Promise<Round> {
  const receiver = await startReceiver(port, Infinity, Infinity);
  const poster = new Helper('bare-poster-process');
  try {
    const order: ToPost = { port, bodies, connections: CONNECTIONS, seconds };
    poster.child.send(order);
    const { perSecond, ownMs, failed } = await poster.next<Posted>();
    const problems = failed > 0 ? [`${failed} requests of the bare loop were not answered with 200`] : [];
    return { who: 'bare loop', perSecond, ownMs, twice: 0, problems };
  } finally {
    poster.stop();
    receiver.stop();
  }
}

async function startReceiver(port: number, warm: number, all: number): Promise<Helper> {
  const receiver = new Helper('callback-receiver-process', {
    PORT: String(port),
    WARM: String(warm),
    ALL: String(all),
  });
  await receiver.next();
  return receiver;
}

/** A process of the benchmark, which tells this one something now and then; it ends with this one. */
class Helper {
  readonly child: ChildProcess;
  private readonly told: AsyncIterator<[unknown]>;

  constructor(script: string, env: Readonly<Record<string, string>> = {}) {
    this.child = fork(join(__dirname, '../processes', `${script}.js`), { env, detached: true }); // A Ctrl-C is for this process.
    this.told = on(this.child, 'message', {
      signal: AbortSignal.timeout(LIMIT_MS),
      close: ['exit'],
    }) as AsyncIterator<[unknown]>;
  }

  /** @throws Error when it has ended, or says nothing in time. */
  async next<Message>(): Promise<Message> {
    const result = await this.told.next();
    if (result.done) throw new Error('a process of the benchmark has ended early');
    return result.value[0] as Message;
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

function outcomeOf(rounds: readonly Round[], events: number): Outcome {
  const figures = BOTH.map((who) => {
    const own = rounds.filter((round) => round.who === who);
    return {
      who,
      perSecond: Math.round(median(own.map(({ perSecond }) => perSecond))),
      ownMs: rounded(median(own.map(({ ownMs }) => ownMs)), 3),
      twice: own.reduce((sum, { twice }) => sum + twice, 0),
    };
  });
  console.table(figures);
  const [parley, bare] = figures as [(typeof figures)[0], (typeof figures)[0]];
  const share = (of: 'perSecond' | 'ownMs'): number => rounded(parley[of] / bare[of], 2);
  return {
    figures: { events, rows: figures, rounds },
    tables: [
      {
        title: `Events to a callback URL: ${events} that wait in the store, of which none came out of order; ${CONNECTIONS} under way at once`,
        head: ['who', 'deliveries/s', '× bare loop', 'processor ms each', '× bare loop', 'delivered twice'],
        rows: [
          ['Parley', parley.perSecond, share('perSecond'), parley.ownMs, share('ownMs'), parley.twice],
          ['bare loop', bare.perSecond, '-', bare.ownMs, '-', '-'],
        ],
      },
    ],
    targets: [{ what: 'events delivered a second', value: parley.perSecond, limit: AT_LEAST, sense: 'at least' }],
    problems: rounds.flatMap(({ problems }) => problems),
  };
}
