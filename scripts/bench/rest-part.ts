import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nameOf } from './bench-scene';
import { median, rounded } from './figures';
import { holdTalk } from './held-talk';
import { loadHttp, request, type HttpResult } from './http-load';
import type { Bench, Outcome } from './part';

const FIRST_AGENT = 330_001;
const AGENTS = 100;
const TALKING_AGENT = 331_001;
const READS_AT_LEAST = 0.6;
const CONNECTIONS = 16;
const MANY_CONNECTIONS = 64;
/** A slice is short, so that what others on the machine do meets both alike. */
const SLICE_SECONDS = 1;
const PREFIX = '/v1/callcenter';

type Measured = { readonly what: string; readonly connections: number; readonly bytes: number } & HttpResult;
type Read = { readonly what: string; readonly paths: readonly string[]; readonly before?: () => Promise<unknown> };

/** Figure 6: reads next to a bare Koa route that answers with the same body, in turn in short slices; and commands. */
export async function rest({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const parley = all.find(({ name }) => name === 'Parley')!;
  const agents = await scene.growAgents(FIRST_AGENT, AGENTS, 'rest');
  const port = Number(new URL(scene.api.url).port);
  const koa = fork(join(__dirname, 'bare-koa-process.js'), { detached: true });
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
  const figures: Measured[] = [];
  for (const [index, { what, paths, before }] of reads.entries()) {
    await before?.();
    const body = await (await fetch(`${scene.api.url}${paths[0]!}`)).text();
    koa.send(JSON.parse(body) as object);
    const bytes = Buffer.byteLength(body);
    const ours = { port, requests: paths.map((path) => request('GET', path)) };
    const bare = { port: koaPort, requests: [request('GET', `/${index}`)] };
    const results: Record<'ours' | 'bare', HttpResult[]> = { ours: [], bare: [] };
    await loadHttp(ours, CONNECTIONS, SLICE_SECONDS);
    await loadHttp(bare, CONNECTIONS, SLICE_SECONDS);
    for (let slice = 0; slice < slices; slice++) {
      results.ours.push(await loadHttp(ours, CONNECTIONS, SLICE_SECONDS));
      results.bare.push(await loadHttp(bare, CONNECTIONS, SLICE_SECONDS));
    }
    figures.push({ what: `read ${what}`, connections: CONNECTIONS, bytes, ...over(results.ours) });
    figures.push({ what: `bare Koa, the same`, connections: CONNECTIONS, bytes, ...over(results.bare) });
  }
  koa.disconnect();
  const gets = agents.map((user) => request('GET', `${PREFIX}/agent/${nameOf(user)}`));
  const states = agents.flatMap((user) =>
    ['busy', 'away'].map((state) => request('POST', `${PREFIX}/agent/${nameOf(user)}/state`, { state })),
  );
  const commands = [
    { what: 'an agent, by which it stays logged in', requests: gets },
    { what: "command: an agent's state", requests: states },
  ];
  for (const { what, requests } of commands) {
    for (const connections of [1, CONNECTIONS, MANY_CONNECTIONS]) {
      const results: HttpResult[] = [];
      for (let slice = 0; slice < slices; slice++) {
        results.push(await loadHttp({ port, requests }, connections, SLICE_SECONDS));
      }
      figures.push({ what, connections, bytes: 0, ...over(results) });
    }
  }
  await parley.close(agents);
  console.table(figures);
  return {
    figures,
    tables: [
      {
        title: 'REST: requests a second, milliseconds to the answer',
        head: ['what', 'connections', 'bytes', 'requests/s', '× bare Koa', 'p50', 'p99', 'not 200'],
        rows: figures.map((each, index) => [
          each.what,
          each.connections,
          each.bytes || '-',
          Math.round(each.perSecond),
          each.what.startsWith('read') ? shareOf(figures, index) : '-',
          each.p50,
          each.p99,
          each.failed,
        ]),
      },
    ],
    targets: figures.flatMap((each, index) =>
      each.what.startsWith('read')
        ? [{ what: `${each.what}, times bare Koa`, value: shareOf(figures, index), limit: READS_AT_LEAST, sense: 'at least' as const }] // prettier-ignore
        : [],
    ),
    problems: figures.filter(({ failed }) => failed > 0).map(({ what, failed }) => `${what}: ${failed} not answered with 200`), // prettier-ignore
  };
}

/** Behind what is read stands the same from bare Koa. */
function shareOf(figures: readonly Measured[], index: number): number {
  return rounded(figures[index]!.perSecond / figures[index + 1]!.perSecond, 2);
}

function over(results: readonly HttpResult[]): HttpResult {
  const middle = (of: (result: HttpResult) => number): number => rounded(median(results.map(of)), 2);
  return {
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}
