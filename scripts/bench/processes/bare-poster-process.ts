import { once } from 'node:events';
import { loadHttp, request, type HttpResult } from '../load/http-load';

/** What nobody can be cheaper than: posts bodies for some time, with no store, no order and no signature. Its parent says to whom (`ToPost`), and is told how it went (`Posted`). */
export type ToPost = {
  readonly port: number;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
};
export type Posted = HttpResult & { /** Milliseconds of processor time for each. */ readonly ownMs: number };

async function main(): Promise<void> {
  const [{ port, bodies, connections, seconds }] = (await once(process, 'message')) as [ToPost];
  const target = { port, requests: bodies.map((body) => request('POST', '/', JSON.parse(body) as object)) };
  const before = process.cpuUsage();
  const result = await loadHttp(target, connections, seconds);
  const { user, system } = process.cpuUsage(before);
  const posted: Posted = { ...result, ownMs: (user + system) / 1000 / (result.perSecond * seconds) };
  process.send!(posted);
  process.disconnect();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
