import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import type { HttpSurroundings } from '../../src/adapters/http/http-server';
import { QueueMeter } from '../../src/runtime/queue-meter';
import { silent, standingClock } from '../support/fakes';
import { answered, legOf } from '../support/happenings';
import { startTestServer, type TestServer } from '../support/http-client';
import { after, anArrival, APP, atTheirPhones, aWorld, when } from '../support/worlds';

const metrics = new PrometheusMetrics();
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => metrics.close());

async function serving(page: HttpSurroundings['metrics']): Promise<string> {
  server = await startTestServer({}, { metrics: page });
  return `http://127.0.0.1:${server.port}`;
}

test('given a caller who was served and one who waits, Prometheus reads all about it and nothing about them', async () => {
  const world = aWorld(atTheirPhones({}));
  const meter = new QueueMeter(world, {
    applications: new Set([APP]),
    metrics,
    clock: standingClock,
    logger: silent,
  });
  const arrivals = ['13900000001', '13900000002'].map((telnumber) => anArrival({ telnumber, userData: 'vip' }));
  for (const arrival of arrivals) meter.follow({ ...when(world, arrival), ...after(0) });
  meter.follow({ ...when(world, answered(legOf(world)), after(4)), ...after(4) });

  const response = await fetch(`${await serving(metrics)}/metrics`);
  const text = await response.text();

  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      '# TYPE parley_queue_waiting_seconds histogram',
      'parley_queue_waiting_seconds_bucket{le="5",app="default",plan="",outcome="success"} 1',
      'parley_queue_waiting{app="default",plan=""} 1',
      'parley_queue_served_out_of_order_total{app="default"} 0',
      'parley_agents{app="default",state="talking"} 1',
    ]),
  );
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [-+.\de]+)$/.test(line))).toEqual([]);
  for (const secret of ['13900000001', '13900000002', 'vip', 'ann', '1001', ...world.calls.keys()]) {
    expect(text).not.toContain(`"${secret}"`);
  }
});

test('it is read, and nothing else', async () => {
  const url = await serving(metrics);

  const posted = await fetch(`${url}/metrics`, { method: 'POST' });
  const elsewhere = await fetch(`${url}/metrics/all`);

  expect([posted.status, posted.headers.get('allow'), elsewhere.status]).toEqual([405, 'HEAD, GET', 404]);
});

test('given figures that cannot be had, the answer is an error rather than half of them', async () => {
  const text = () => Promise.reject(new Error('too much'));
  const broken = {
    contentType: metrics.contentType,
    text,
    answered: () => undefined,
    requestLimited: () => undefined,
  };

  const response = await fetch(`${await serving(broken)}/metrics`);

  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.text()).not.toContain('too much');
});

test('given requests under either base, to what is not there and to the figures, each is told by its route', async () => {
  const told: string[] = [];
  const answered = (...[method, route, status]: Parameters<HttpSurroundings['metrics']['answered']>): void => {
    told.push(`${method} ${route} ${status}`);
  };
  const figures = { contentType: 'text/plain', text: async () => '', answered, requestLimited: () => undefined };
  const url = await serving(figures);
  const id = '0'.repeat(32);
  for (const path of [
    `/v1/callcenter/conversation/${id}`,
    `/v1/account/any/callcenter/conversation/${id}`,
    '/v1/callcenter/nothing/there',
    '/v1/callcenter/conversation?pageNo=none',
    '/metrics',
  ]) {
    await fetch(`${url}${path}`);
  }

  expect(told).toEqual([
    'GET /callcenter/conversation/{id} 404',
    'GET /callcenter/conversation/{id} 404',
    'GET  404',
    'GET /callcenter/conversation 400',
    'GET /metrics 200',
  ]);
});
