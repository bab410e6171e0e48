import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WAYS_OF_AUTHENTICATION, type WayOfAuthentication } from '../../src/adapters/http/http-settings';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { Storage } from '../../src/ports/storage';
import type { Telephony } from '../../src/ports/telephony';
import { SeededRandom } from '../simulation/seeded-random';
import { describedAt, deviation } from '../support/api-document';
import { OPERATIONS } from '../support/described-operations';
import { aTelephony, silent } from '../support/fakes';
import { RecordingCallCenter } from '../support/http-call-center';
import { APP, type Received, sendRaw, startTestServerFor } from '../support/http-client';
import { CREDENTIALED, hostileCredentials } from '../support/hostile-credentials';
import { HostileRequests, type HostileRequest } from '../support/hostile-requests';
import { aServiceWith } from '../support/service-behind-http';
import { thingsOf } from '../support/things-of';

/** Each on a service of its own, so that what the requests are about is there again. */
const ROUNDS = 21;
const REQUESTS = 500;
/** To one service, whose memory is looked at again and again from when it is warm. */
const LONG = 16_000;
const WARM = 8_000;
const LOOK_EVERY = 400;
/** What does not grow is found to grow by 60 at most; what keeps some 200 of each request is to be found. */
const MOST_KEPT_BYTES = 130;
const ALL = ROUNDS * REQUESTS + LONG;
const AT_ONCE = 8;
/** Whoever has no answer by then gets none. */
const HANGS_AFTER_MS = 30_000;
const SEED = Number(process.env['FUZZING_SEED'] ?? 1);

/** The codes that each status may come with. */
const CODES: Readonly<Record<number, RegExp>> = {
  200: /^000000$/,
  400: /^(000001|040402)$/,
  401: /^000007$/,
  403: /^(020001|010004)$/,
  404: /^(000001|020000|040\d0[1-4])$/,
  405: /^000001$/,
  409: /^040\d0[1-4]$/,
  413: /^000001$/,
  415: /^000001$/,
  417: /^000001$/,
  422: /^000006$/,
  429: /^000005$/,
  431: /^000001$/,
  503: /^(000004|020002)$/,
};

/** Said of any request, before it is known what it asks for: told once, and not of each operation. */
const BEFORE_IT_IS_ONE: ReadonlySet<number> = new Set([417, 431]);

type Answer = Pick<Received, 'status' | 'headers' | 'text'>;

function exchange(agent: Agent, port: number, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body.length > 0 ? { 'Content-Length': body.length } : {};
    const sending = request({ agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } });
    sending.setTimeout(HANGS_AFTER_MS, () => sending.destroy(new Error('no answer')));
    sending.on('error', reject);
    sending.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      if (method === 'GET' && headers['content-type']?.startsWith('text/event-stream')) {
        // It has no end.
        response.setEncoding('utf8').once('data', (body: string) => {
          resolve({ status, headers, text: body });
          sending.destroy();
        });
        return;
      }
      text(response).then((body) => resolve({ status, headers, text: body }), reject);
    });
    sending.end(body);
  });
}

/** What is wrong with an answer; undefined: nothing. */
function problemOf({ method, path }: HostileRequest, answer: Answer): string | undefined {
  const { status, headers, text: body } = answer;
  const type = headers['content-type'];
  if (method === 'HEAD' || (method === 'OPTIONS' && status === 200))
    return status in CODES ? undefined : `status ${status}`;
  if (/node_modules|\.js:\d|\.ts:\d|\bat \w+ \(/.test(body)) return 'tells of the inside';
  if (status === 200 && !type?.startsWith('application/json')) {
    if (type?.startsWith('text/event-stream')) {
      return path.includes('/callcenter/events') && body.startsWith('retry: ') ? undefined : `streams ${body}`;
    }
    return path.includes('/sound/') || path.includes('/metrics') ? undefined : `is ${type}`;
  }
  const { code, msg, data } = JSON.parse(body) as { code: string; msg: string; data: unknown };
  if (!CODES[status]?.test(code)) return `status ${status} with code ${code}`;
  if (typeof msg !== 'string' || msg === '' || data === undefined) return 'is no envelope';
  if (status !== 200 && data !== null) return 'refuses with data';
  const operation = BEFORE_IT_IS_ONE.has(status) ? undefined : describedAt(method, path);
  const wrong = operation === undefined ? '' : deviation(operation, answer);
  return wrong === '' ? undefined : `is not as it is described, ${wrong}`;
}

/** Of everything that is asked of Asterisk: ids, users, numbers, sounds, addresses. Nothing that it could be split at. */
const HARMLESS = /^(?!.*\.\.)[\p{L}\p{M}\p{N}_+.:[\]#*/-]{1,128}$/u;

function unharmed(what: unknown): readonly string[] {
  if (typeof what === 'string') return HARMLESS.test(what) ? [] : [what];
  if (typeof what === 'number') return Number.isSafeInteger(what) ? [] : [String(what)];
  return typeof what === 'object' && what !== null ? Object.values(what).flatMap(unharmed) : [];
}

/** Takes down what of that which it is asked for is not as it has to be, and how often it is asked at all. */
function watchedTelephony() {
  const asked = new Set<string>();
  const problems: string[] = [];
  const telephony = Object.fromEntries(
    Object.entries(aTelephony())
      .filter(([name]) => name !== 'alive' && name !== 'onSignal')
      .map(([name, act]) => [
        name,
        (...args: readonly unknown[]) => {
          asked.add(name);
          // What a caller takes back into the dialplan is its client's text, in variables that have our names.
          const looked = name === 'release' ? [...args.slice(0, 2), Object.keys(args[2] as object)] : args;
          problems.push(...unharmed(looked).map((each) => `${name}: ${JSON.stringify(each)}`));
          return (act as (...given: readonly unknown[]) => unknown)(...args);
        },
      ]),
  ) as Partial<Telephony>;
  return { asked, problems, telephony };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

type Point = { readonly requests: number; readonly bytes: number };

/** Bytes that each request has left behind: how steep the line is that is nearest to all points. */
function keptOfEach(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [requests, bytes] = [mean((each) => each.requests), mean((each) => each.bytes)];
  const together = mean((each) => (each.requests - requests) * (each.bytes - bytes));
  return together / mean((each) => (each.requests - requests) ** 2);
}

type Figures = {
  readonly statuses: Map<number, number>;
  readonly asked: Set<string>;
  readonly problems: string[];
};

type Round = {
  readonly way: WayOfAuthentication;
  readonly requests: number;
  readonly storage?: Storage;
  /** Called while the service runs, after so many requests. */
  readonly passed?: (requests: number) => void;
};

async function aRound(
  random: SeededRandom,
  { statuses, asked, problems }: Figures,
  { way, requests, storage, passed }: Round,
): Promise<void> {
  const watched = watchedTelephony();
  const service = await aServiceWith({ changes: thingsOf(APP) }, [APP], {
    telephony: watched.telephony,
    ...(storage && { storage }),
  });
  const metrics = new PrometheusMetrics();
  const errors: string[] = [];
  const logger = { ...silent, error: (...line: readonly unknown[]) => void errors.push(JSON.stringify(line)) };
  const server = await startTestServerFor(
    service,
    { authentication: [way], applications: [CREDENTIALED], limits: { failuresAtOnce: ALL } },
    { metrics, logger },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const hostile = new HostileRequests(OPERATIONS, random, hostileCredentials(way, random));
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => hostile.next()).map(async (each) => {
        const told = `${way} ${each.method} ${each.path.slice(0, 200)} ${each.body.toString().slice(0, 300)}`;
        try {
          const answer = await exchange(agent, server.port, each);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          const problem = problemOf(each, answer);
          if (problem !== undefined) problems.push(`${problem}: ${told}: ${answer.text.slice(0, 300)}`);
        } catch (error) {
          problems.push(`${(error as Error).message}: ${told}`);
        }
      }),
    );
    server.sounds.asked.length = 0;
    passed?.(sent + AT_ONCE);
  }
  watched.asked.forEach((each) => asked.add(each));
  problems.push(...watched.problems);
  problems.push(
    ...server.sounds.files.filter(({ name }) => !HARMLESS.test(name)).map(({ name }) => `sound ${name}`),
  );
  problems.push(...errors);
  agent.destroy();
  metrics.close();
  await server.close();
  await service.stop();
}

test(`given ${ALL} hostile requests, all are answered as documented, and nothing reaches Asterisk that was not checked`, async () => {
  const random = new SeededRandom(SEED);
  const figures: Figures = { statuses: new Map(), asked: new Set(), problems: [] };
  for (let round = 0; round < ROUNDS && figures.problems.length === 0; round++) {
    const way = WAYS_OF_AUTHENTICATION[round % WAYS_OF_AUTHENTICATION.length]!;
    await aRound(random, figures, { way, requests: REQUESTS });
  }
  const folder = fs.mkdtempSync(join(tmpdir(), 'fuzzing-'));
  const storage = openSqlite(join(folder, 'store.sqlite'), 'cell');
  const points: Point[] = [];
  const passed = (requests: number): void => {
    if (requests % LOOK_EVERY !== 0) return;
    const bytes = bytesInUse(); // Before it is warm, too: code that is used no more goes after some collections.
    if (requests >= WARM) points.push({ requests, bytes });
  };
  try {
    await aRound(random, figures, { way: 'token', requests: LONG, storage, passed });
  } finally {
    await storage.close();
    fs.rmSync(folder, { recursive: true });
  }

  expect({ seed: SEED, problems: figures.problems.slice(0, 10) }).toEqual({ seed: SEED, problems: [] });
  // It has got everywhere.
  const { statuses, asked } = figures;
  expect([...statuses.values()].reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(ALL);
  for (const status of [200, 400, 401, 404, 405, 409, 413, 415]) expect(statuses.get(status)).toBeGreaterThan(10);
  expect([...asked].sort()).toEqual(
    expect.arrayContaining(['dial', 'hangUp', 'place', 'provision', 'unprovision']),
  );
  const kept = keptOfEach(points);
  if (process.env['FUZZING_SEED']) console.log({ kept, points });
  expect(points).toHaveLength((LONG - WARM) / LOOK_EVERY + 1);
  expect(kept).toBeLessThan(MOST_KEPT_BYTES);
}, 600_000);

const LINE = 'POST /v1/callcenter/condition HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400],
  ['a request line of no use', 'GET\r\n\r\n', 400],
  ['control characters in the path', 'GET /v1/\x01\x02 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
  ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['two lengths', `${LINE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
  ['a length and chunks', `${LINE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a length below nothing', `${LINE}Content-Length: -1\r\n\r\n`, 400],
  ['a chunk of no size', `${LINE}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['a folded header', `${LINE}X-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`, 400],
  ['more headers than anybody needs', `${LINE}${'X-A: 1\r\n'.repeat(5_000)}\r\n`, 431],
  ['a header beyond all measure', `${LINE}X-A: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
])('given %s, it is refused and the connection closed', async (_, bytes, status) => {
  const server = await startTestServerFor(new RecordingCallCenter(), {});
  try {
    const received = await sendRaw(server.port, bytes);

    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(server.callCenter.asked).toEqual([]);
  } finally {
    await server.close();
  }
});
