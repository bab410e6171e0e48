import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nameOf } from '../scene/bench-scene';
import { median, rounded, tailNote } from '../measuring/figures';
import { holdTalk } from '../load/held-talk';
import { loadHttp, request, type HttpResult, type HttpTarget } from '../load/http-load';
import { ProcessorWatch } from '../measuring/machine-load';
import { judged, type Bench, type Outcome, type Table, type Target } from './part';

const FIRST_AGENT = 330_001;
const AGENTS = 100;
const TALKING_AGENT = 331_001;
const READS_AT_LEAST = 0.6;
const CONNECTIONS = 16;
const MANY_CONNECTIONS = 64;
/** A slice is short, so that what others on the machine do meets both alike. */
const SLICE_SECONDS = 1;
const PREFIX = '/v1/callcenter';
const BOTH = ['Parley', 'bare Koa'] as const;
/** As a command has one. */
const BODY = { state: 'busy' };

export type RestFigure = {
  readonly what: string;
  readonly who: 'Parley' | 'bare Koa';
  readonly connections: number;
  /** Of the first answer. */
  readonly bytes: number;
  readonly perSecond: number;
  /** Milliseconds to the answer. */
  readonly p50: number;
  readonly p99: number;
  /** Answers: of all slices the fewest, and those that are not 200. */
  readonly samples: number;
  readonly answered: number;
  readonly failed: number;
  /** Processor time of the server, in microseconds for each request. */
  readonly micros: number;
};
type Slice = HttpResult & { readonly seconds: number };
type Read = { readonly what: string; readonly paths: readonly string[]; readonly before?: () => Promise<unknown> };
type Server = { readonly pid: number | undefined; readonly target: HttpTarget };

/** Figure 6: reads and commands, each next to a bare Koa route that answers with the same body, in turn in short slices. */
export async function rest({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const parley = all.find(({ name }) => name === 'Parley')!;
  const agents = await scene.growAgents(FIRST_AGENT, AGENTS, 'rest');
  const port = Number(new URL(scene.api.url).port);
  const koa = fork(join(__dirname, '../processes/bare-koa-process.js'), { detached: true });
  const [koaPort] = (await once(koa, 'message')) as [number];
  const slices = Math.max(2, Math.round((amount.rounds * amount.seconds) / SLICE_SECONDS / 3));
  const talk = await holdTalk(scene, parley, TALKING_AGENT);
  /** What has just ended is in memory. */
  const forget = async (): Promise<void> => {
    await scene.stopService();
    scene.startService();
    await scene.untilReady();
  };
  const extensions = (await scene.api.list('extension')).slice(0, AGENTS);
  const reads: readonly Read[] = [
    { what: 'a conversation that runs', paths: [`${PREFIX}/conversation/${talk.id}`] },
    { what: 'a conversation that has just ended', paths: [`${PREFIX}/conversation/${talk.id}`], before: talk.end },
    {
      what: 'a conversation of earlier, from the store',
      paths: [`${PREFIX}/conversation/${talk.id}`],
      before: forget,
    },
    { what: 'an extension', paths: extensions.map(({ id }) => `${PREFIX}/extension/${id}`) },
    { what: 'a page of 20 agents', paths: [`${PREFIX}/agent?pageSize=20`] },
  ];
  const figures: RestFigure[] = [];
  let bodies = 0;
  const measure = async (what: string, requests: readonly string[], all: readonly number[]): Promise<void> => {
    const body = await answerTo(port, requests[0]!);
    koa.send(JSON.parse(body) as object);
    const method = requests[0]!.startsWith('POST') ? 'POST' : 'GET';
    const posted = method === 'POST' ? BODY : undefined;
    const servers: Readonly<Record<RestFigure['who'], Server>> = {
      Parley: { pid: scene.service.pid, target: { port, requests } },
      'bare Koa': { pid: koa.pid, target: { port: koaPort, requests: [request(method, `/${bodies++}`, posted)] } },
    };
    for (const connections of all) {
      const results: Record<RestFigure['who'], Slice[]> = { Parley: [], 'bare Koa': [] };
      for (let slice = -1; slice < slices; slice++) {
        for (const who of BOTH) {
          const result = await sliceOf(servers[who], connections);
          if (slice >= 0) results[who].push(result); // The one before is a warm-up.
        }
      }
      const bytes = Buffer.byteLength(body);
      for (const who of BOTH) figures.push({ what, who, connections, bytes, ...over(results[who]) });
    }
  };
  for (const { what, paths, before } of reads) {
    await before?.();
    await measure(
      `read ${what}`,
      paths.map((path) => request('GET', path)),
      [CONNECTIONS],
    );
  }
  const gets = agents.map((user) => request('GET', `${PREFIX}/agent/${nameOf(user)}`));
  const states = agents.flatMap((user) =>
    ['busy', 'away'].map((state) => request('POST', `${PREFIX}/agent/${nameOf(user)}/state`, { state })),
  );
  await measure('an agent, by which it stays logged in', gets, [1, CONNECTIONS, MANY_CONNECTIONS]);
  await measure("command: an agent's state", states, [1, CONNECTIONS, MANY_CONNECTIONS]);
  koa.disconnect();
  await parley.close(agents);
  console.table(figures);
  return {
    figures,
    tables: [tableOf(figures)],
    targets: targetsOf(figures),
    problems: figures.filter(({ failed }) => failed > 0).map(failureOf),
  };
}

async function answerTo(port: number, whole: string): Promise<string> {
  const [, method, path] = /^(\S+) (\S+)/.exec(whole)!;
  const body = whole.slice(whole.indexOf('\r\n\r\n') + 4);
  const headers = { 'content-type': 'application/json' };
  const asked = body === '' ? { method: method! } : { method: method!, body, headers };
  return await (await fetch(`http://127.0.0.1:${port}${path!}`, asked)).text();
}

async function sliceOf({ pid, target }: Server, connections: number): Promise<Slice> {
  const watch = new ProcessorWatch({ own: pid });
  const result = await loadHttp(target, connections, SLICE_SECONDS);
  return { ...result, seconds: watch.spent().own };
}

function over(slices: readonly Slice[]): Omit<RestFigure, 'what' | 'who' | 'connections' | 'bytes'> {
  const middle = (of: (slice: Slice) => number): number => rounded(median(slices.map(of)), 2);
  const sum = (of: (slice: Slice) => number): number => slices.reduce((all, each) => all + of(each), 0);
  const answered = sum((slice) => slice.answered);
  return {
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    samples: Math.min(...slices.map((slice) => slice.answered)),
    answered,
    failed: sum(({ failed }) => failed),
    micros: rounded((sum(({ seconds }) => seconds) / answered) * 1e6), // The kernel counts in hundredths of a second: too few for one slice.
  };
}

const failureOf = ({ who, what, failed, answered }: RestFigure): string =>
  `${who}, ${what}: ${failed} of ${answered} not answered with 200`;

/** The same by bare Koa. */
function bareOf(figures: readonly RestFigure[], { what, connections }: RestFigure): RestFigure {
  return figures.find(
    (each) => each.who === 'bare Koa' && each.what === what && each.connections === connections,
  )!;
}

export function tableOf(figures: readonly RestFigure[]): Table {
  const ours = figures.filter(({ who }) => who === 'Parley');
  return {
    title:
      'REST: requests a second, milliseconds to the answer, and processor µs of the server for each: Parley / bare Koa',
    head: ['what', 'connections', 'bytes', 'requests/s', '×', 'p50', 'p99', 'processor µs', '×', 'not 200'],
    rows: ours.map((each) => {
      const bare = bareOf(figures, each);
      const pair = (of: (figure: RestFigure) => number): string => `${of(each)} / ${of(bare)}`;
      return [
        each.what,
        each.connections,
        each.bytes,
        pair(({ perSecond }) => Math.round(perSecond)),
        rounded(each.perSecond / bare.perSecond, 2),
        pair(({ p50 }) => p50),
        `${pair(({ p99 }) => p99)}${tailNote(Math.min(each.samples, bare.samples))}`,
        pair(({ micros }) => micros),
        rounded(each.micros / bare.micros, 2),
        pair(({ failed }) => failed),
      ];
    }),
  };
}

export function targetsOf(figures: readonly RestFigure[]): readonly Target[] {
  const reads = figures.filter(({ who, what }) => who === 'Parley' && what.startsWith('read'));
  const failed = (each: RestFigure): readonly string[] => (each.failed > 0 ? [failureOf(each)] : []);
  return reads.map((each) => {
    const bare = bareOf(figures, each);
    return {
      what: `${each.what}, times bare Koa`,
      value: rounded(each.perSecond / bare.perSecond, 2),
      limit: READS_AT_LEAST,
      sense: 'at least',
      ...judged(failed(each), failed(bare)), // To refuse is quick.
    };
  });
}
