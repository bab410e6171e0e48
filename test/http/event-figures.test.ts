import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import type { AppId, ConversationId, EventId, Instant } from '../../src/domain/ids';
import type { Service } from '../../src/runtime/service';
import { eventually } from '../../scripts/phone-farm/eventually';
import { anEvent } from '../contract/storage-objects';
import { anApplication, startTestServerFor, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { aServiceWith } from '../support/service-behind-http';
import { APP, NOW } from '../support/worlds';

const HOUR_MS = 3_600_000;
const QUIET = 'quiet' as AppId;

let isDown = true;
const receiver = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(isDown ? 503 : 204).end());
});
const metrics = new PrometheusMetrics();
const callbacks = new HttpCallbacks('any');
let service: Service;
let server: TestServer<Service>;

/** Of conversations of their own, so that none waits for another. */
const told = (number: number, hoursAgo: number) =>
  anEvent(number, {
    app: APP,
    id: idOf<EventId>(number),
    conversation: idOf<ConversationId>(number),
    at: (NOW - hoursAgo * HOUR_MS) as Instant,
  });

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?key=1`;
  const events = [told(1, 30), told(2, 25), told(3, 1), told(4, 0), told(5, 0)];
  const deliveries = events.map(({ id }) => ({ app: APP, url, event: id }));
  service = await aServiceWith({ changes: [], events, deliveries }, [APP, QUIET], {
    metrics,
    callbacks,
    destinations: [
      { app: APP, url, secrets: [] },
      { app: QUIET, url, secrets: [] },
    ],
  });
  server = await startTestServerFor(service, { applications: [anApplication({ id: APP })] }, { metrics });
}, 30_000);

afterAll(async () => {
  await server.close();
  await service.stop();
  callbacks.close();
  metrics.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

/** What `/metrics` has of a figure; 0: nothing. */
async function figure(name: string, labels: string): Promise<number> {
  const { text } = await server.send('GET', '/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${name}{${labels}} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** Waits until the figures are these, as `app="default"` has them. */
async function untilFigures(expected: Readonly<Record<string, number>>): Promise<void> {
  const now: Record<string, number> = {};
  await eventually(
    async () => {
      for (const name of Object.keys(expected)) now[name] = await figure(`parley_events_${name}`, 'app="default"');
      return JSON.stringify(now) === JSON.stringify(expected);
    },
    10_000,
    () => `the figures should be ${JSON.stringify(expected)}: ${JSON.stringify(now)}`,
  );
}

/** Waits until the store has so many that were given up. */
async function untilListed(count: number): Promise<void> {
  const listed = async (): Promise<number> => {
    const { envelope } = await server.call('GET', 'delivery');
    return (envelope.data as { readonly totalCount: number }).totalCount;
  };
  await eventually(
    async () => (await listed()) === count,
    10_000,
    () => `${count} should be listed as given up`,
  );
}

const tried = (outcome: string): Promise<number> =>
  figure('parley_callbacks_total', `app="default",outcome="${outcome}"`);

test('given a receiver that is down, then back, the figures of a running service say what waits and what was given up', async () => {
  await untilFigures({ undelivered: 3, set_aside_total: 2 }); // What is older than a day was tried once.
  expect(await tried('failed')).toBeGreaterThanOrEqual(5);
  expect(await tried('delivered')).toBe(0);
  await untilListed(2);

  isDown = false;
  await untilFigures({ undelivered: 0, set_aside_total: 2 });
  expect(await tried('delivered')).toBe(3);

  const replayed = await server.call('POST', 'delivery/replay');
  expect(replayed.envelope.data).toEqual({ replayed: 2 });
  await untilFigures({ undelivered: 0, set_aside_total: 2 });
  expect(await tried('delivered')).toBe(5);
  await untilListed(0);
});

test('an application whose events have all arrived has a 0, and no figure has the URL', async () => {
  const { text } = await server.send('GET', '/metrics');

  expect(text).toContain('parley_events_undelivered{app="quiet"} 0');
  expect(text).toContain('parley_callback_seconds_count{app="default"}');
  expect(text).not.toMatch(/hook|key=1/);
});
