import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import type { Measured } from '../../src/ports/metrics';
import { linesOf as linesIn } from '../support/figures';
import { OTHER_APP } from '../support/happenings';
import { APP } from '../support/worlds';

const STATES = { online: 0, idle: 0, fetching: 0, talking: 0, busy: 0, away: 0 };
const QUIET: Measured = {
  queues: [],
  agents: [{ app: APP, states: STATES, idleSeconds: null }],
  live: [],
  callbacks: [],
};

let metrics: PrometheusMetrics;
beforeEach(() => {
  metrics = new PrometheusMetrics();
});
afterEach(() => metrics.close());

const linesOf = (name: string): Promise<readonly string[]> => linesIn(metrics, name);

test('given agents who were given tasks, the unfair are counted among all', async () => {
  metrics.selected(APP, true);
  metrics.selected(APP, false);
  metrics.selected(OTHER_APP, true);

  expect(await linesOf('parley_queue_served_out_of_order_total')).toEqual([
    '{app="default"} 1',
    '{app="other"} 0',
  ]);
  expect(await linesOf('parley_queue_order_checked_total')).toEqual(['{app="default"} 2', '{app="other"} 1']);
});

test('given that nothing has happened, the counts are there', async () => {
  metrics.onRead(() => QUIET);

  expect(await linesOf('parley_queue_served_out_of_order_total')).toEqual(['{app="default"} 0']);
  expect(await linesOf('parley_queue_order_checked_total')).toEqual(['{app="default"} 0']);
  expect(await linesOf('parley_events_set_aside_total')).toEqual(['{app="default"} 0']);
  expect(await linesOf('parley_store_commit_seconds_count')).toEqual([
    '{outcome="written"} 0',
    '{outcome="unavailable"} 0',
  ]);
  const againstRules = await linesOf('parley_outside_against_rule_total');
  expect(againstRules).toHaveLength(16); // Eight rules, refused and reported.
  expect(againstRules).toContain('{app="default",rule="minutesPerDay",outcome="refused"} 0');
});

test('given that something has happened, a look at it does not count it anew', async () => {
  metrics.onRead(() => ({ ...QUIET, callbacks: [{ app: APP, undelivered: 0 }] }));
  metrics.eventSetAside(APP);
  metrics.outsideAgainstRule(APP, 'premium', 'refused');
  metrics.callbackTried(APP, 'failed', 1);

  await metrics.text();
  expect(await linesOf('parley_events_set_aside_total')).toEqual(['{app="default"} 1']);
  expect(await linesOf('parley_outside_against_rule_total')).toContain(
    '{app="default",rule="premium",outcome="refused"} 1',
  );
  expect(await linesOf('parley_callbacks_total')).toEqual([
    '{app="default",outcome="failed"} 1',
    '{app="default",outcome="delivered"} 0',
  ]);
});

test('given tasks that are over, their times are told by plan and outcome', async () => {
  metrics.ended(APP, 'support', 'success', 20);
  metrics.ended(APP, 'support', 'success', 21);
  metrics.ended(APP, 'support', 'timeout', 5_000);
  metrics.ended(APP, null, 'hangup', 0.5);

  const served = '{app="default",plan="support",outcome="success"}';
  expect(await linesOf('parley_queue_waiting_seconds_sum')).toEqual([
    `${served} 41`,
    '{app="default",plan="support",outcome="timeout"} 5000',
    '{app="default",plan="",outcome="hangup"} 0.5',
  ]);
  expect(await linesOf('parley_queue_waiting_seconds_count')).toContain(`${served} 2`);
  const buckets = await linesOf('parley_queue_waiting_seconds_bucket');
  expect(buckets).toContain('{le="20",app="default",plan="support",outcome="success"} 1');
  expect(buckets).toContain('{le="3600",app="default",plan="support",outcome="timeout"} 0');
  expect(buckets).toContain('{le="1",app="default",plan="",outcome="hangup"} 1');
});

test('given a queue that was full and is empty, it is told to be', async () => {
  let queues: Measured['queues'] = [
    { app: APP, plan: null, waiting: 3, ringing: 1 },
    { app: APP, plan: 'support', waiting: 2, ringing: 0 },
  ];
  metrics.onRead(() => ({ ...QUIET, queues }));

  expect(await linesOf('parley_queue_waiting')).toEqual([
    '{app="default",plan=""} 3',
    '{app="default",plan="support"} 2',
  ]);
  expect(await linesOf('parley_queue_ringing')).toEqual([
    '{app="default",plan=""} 1',
    '{app="default",plan="support"} 0',
  ]);
  queues = [{ app: APP, plan: null, waiting: 1, ringing: 0 }];
  expect(await linesOf('parley_queue_waiting')).toEqual([
    '{app="default",plan=""} 1',
    '{app="default",plan="support"} 0',
  ]);
});

test('given agents, their states and how long they are idle are told', async () => {
  let agents: Measured['agents'] = [
    { app: APP, states: { ...STATES, idle: 4, talking: 2 }, idleSeconds: { 0: 1, 0.5: 20, 0.9: 300, 1: 301.5 } },
    { app: OTHER_APP, states: { ...STATES, busy: 1 }, idleSeconds: null },
  ];
  metrics.onRead(() => ({ queues: [], agents }));

  const states = await linesOf('parley_agents');
  expect(states).toHaveLength(12);
  expect(states).toEqual(
    expect.arrayContaining(['{app="default",state="idle"} 4', '{app="other",state="busy"} 1']),
  );
  expect([...(await linesOf('parley_agent_idle_seconds'))].sort()).toEqual([
    '{app="default",quantile="0"} 1',
    '{app="default",quantile="0.5"} 20',
    '{app="default",quantile="0.9"} 300',
    '{app="default",quantile="1"} 301.5',
  ]);

  agents = [{ app: APP, states: STATES, idleSeconds: null }];
  expect(await linesOf('parley_agent_idle_seconds')).toEqual([]);
  expect(await linesOf('parley_agents')).toHaveLength(6);
});

test('given very many plans, those beyond 500 share one name', async () => {
  for (let each = 0; each < 600; each++) metrics.ended(APP, `plan${each}`, 'success', 1);
  metrics.ended(APP, null, 'success', 1);

  const counts = await linesOf('parley_queue_waiting_seconds_count');
  expect(counts).toHaveLength(501); // 499 of their own, the one without a plan, and the rest.
  expect(counts).toContain('{app="default",plan="*",outcome="success"} 101');
  expect(counts).toContain('{app="default",plan="",outcome="success"} 1');
});

test('given plans that share a name, what waits is added up', async () => {
  for (let each = 0; each < 499; each++) metrics.ended(APP, `plan${each}`, 'success', 1);
  const queues = ['one', 'two'].map((plan) => ({ app: APP, plan, waiting: 2, ringing: 1 }));
  metrics.onRead(() => ({ ...QUIET, queues }));

  await metrics.text(); // A second reading does not count anything twice.
  expect(await linesOf('parley_queue_waiting')).toEqual(['{app="default",plan="*"} 4']);
});

test('given requests, of Asterisk and of the API, and batches, their outcomes and times are told', async () => {
  metrics.asteriskAsked('answer', 'done', 0.004);
  metrics.asteriskAsked('answer', 'channel-gone', 0.2);
  metrics.answered('GET', '/callcenter/agent/{name}', 404, 0.003);
  metrics.committed('written', 0.0004);
  metrics.committed('unavailable', 5);
  metrics.callbackTried(APP, 'failed', 3);

  expect(await linesOf('parley_ari_request_seconds_sum')).toEqual([
    '{operation="answer",outcome="done"} 0.004',
    '{operation="answer",outcome="channel-gone"} 0.2',
  ]);
  expect(await linesOf('parley_http_request_seconds_count')).toEqual([
    '{method="GET",route="/callcenter/agent/{name}",status="404"} 1',
  ]);
  const commits = await linesOf('parley_store_commit_seconds_bucket');
  expect(commits).toContain('{le="0.001",outcome="written"} 1');
  expect(commits).toContain('{le="2",outcome="unavailable"} 0');
  expect(await linesOf('parley_callbacks_total')).toEqual(['{app="default",outcome="failed"} 1']);
  expect(await linesOf('parley_callback_seconds_sum')).toEqual(['{app="default"} 3']);
});

test('given connections to Asterisk that come and go, each is counted, and whether there is one is told', async () => {
  metrics.asteriskConnected(false);
  expect(await linesOf('parley_asterisk_connected')).toEqual([' 0']);
  metrics.asteriskConnected(true);
  metrics.asteriskConnected(false);
  metrics.asteriskConnected(true);

  expect(await linesOf('parley_asterisk_connected')).toEqual([' 1']);
  expect(await linesOf('parley_asterisk_connections_total')).toEqual([' 2']);
});

test('the process tells of itself what dashboards ask for', async () => {
  const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
  const before = cpuSeconds();
  const [cpu] = await linesOf('process_cpu_seconds_total');
  const after = cpuSeconds();
  const [memory] = await linesOf('process_resident_memory_bytes');
  const [start] = await linesOf('process_start_time_seconds');

  expect(Number(cpu)).toBeGreaterThanOrEqual(before);
  expect(Number(cpu)).toBeLessThanOrEqual(after);
  expect(Number(memory)).toBeGreaterThan(1e7);
  expect(Math.abs(Number(start) + process.uptime() - Date.now() / 1000)).toBeLessThan(5);
  expect(await linesOf('nodejs_eventloop_lag_seconds')).toHaveLength(3);
});

/** Of the clock that measures how late the process is. */
const oneTick = () => new Promise((resolve) => setTimeout(resolve, 25));

test('given a process that is kept busy, it is late', async () => {
  const deadline = performance.now() + 4_000;
  let latest = '';
  while (!/^\{quantile="1"\} 0\.[1-9]/.test(latest)) {
    if (performance.now() > deadline) throw new Error(`it is late by ${latest}`);
    await oneTick(); // Two readings of a clock make an interval.
    const until = performance.now() + 150;
    while (performance.now() < until);
    await oneTick();
    latest = (await linesOf('nodejs_eventloop_lag_seconds')).at(-1)!;
  }
});
