import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import type { AppId } from '../../src/domain/ids';
import type { Input, InputType } from '../../src/domain/input';
import { CallMeter } from '../../src/runtime/call-meter';
import { linesOf } from '../support/figures';
import { callOut } from '../support/agent-operations';
import { alerting, ANN, answered, ended, legOf, OTHER_APP } from '../support/happenings';
import { after, anArrival, APP, atTheirPhones, aWorld, when } from '../support/worlds';

let metrics: PrometheusMetrics;
beforeEach(() => {
  metrics = new PrometheusMetrics();
});
afterEach(() => metrics.close());

/** Ann is ready. */
function aMeteredCallCenter(applications: readonly AppId[] = [APP]) {
  const world = aWorld(atTheirPhones({ name: ANN }));
  const meter = new CallMeter(world, new Set(applications), metrics);
  const happens = <Type extends InputType>(input: Input<Type>, seconds: number) => {
    const outcome = when(world, input, after(seconds));
    meter.follow({ ...outcome, ...after(seconds) });
    return outcome;
  };
  return { world, happens };
}

test('given a caller for whom a phone rings, it is measured from the moment that the agent is free to its ringing', async () => {
  const { world, happens } = aMeteredCallCenter();
  happens(anArrival(), 0);
  happens(alerting(legOf(world)), 0.03);
  happens(alerting(legOf(world)), 1);
  happens(answered(legOf(world)), 4);

  expect(await linesOf(metrics, 'parley_queue_ringing_seconds_count')).toEqual(['{app="default"} 1']);
  expect(await linesOf(metrics, 'parley_queue_ringing_seconds_sum')).toEqual(['{app="default"} 0.03']);
});

test('given a phone that is answered before it told that it rings, it has rung then; one that never did, never', async () => {
  const { world, happens } = aMeteredCallCenter();
  happens(anArrival(), 0);
  happens(ended(legOf(world), 20), 0.5);
  expect(await linesOf(metrics, 'parley_queue_ringing_seconds_count')).toEqual([]);

  const other = aMeteredCallCenter();
  other.happens(anArrival(), 0);
  other.happens(answered(legOf(other.world)), 0.2);
  expect(await linesOf(metrics, 'parley_queue_ringing_seconds_sum')).toEqual(['{app="default"} 0.2']);
});

test('given a talk, its calls and its conversation are told while they are and when they are over', async () => {
  const { world, happens } = aMeteredCallCenter();
  const caller = anArrival();
  happens(caller, 0);
  happens(answered(legOf(world)), 5);

  expect(await linesOf(metrics, 'parley_calls')).toEqual([
    '{app="default",party="caller"} 1',
    '{app="default",party="agent"} 1',
    '{app="default",party="number"} 0',
  ]);
  expect(await linesOf(metrics, 'parley_conversations')).toEqual([
    '{app="default",type="queue"} 1',
    '{app="default",type="call_out"} 0',
    '{app="default",type="call_agent"} 0',
  ]);
  happens(ended(caller), 65);
  expect(await linesOf(metrics, 'parley_conversations')).toContain('{app="default",type="queue"} 0');
  expect(await linesOf(metrics, 'parley_conversation_seconds_sum')).toEqual([
    '{app="default",type="queue",end_reason="dismiss"} 65',
  ]);
  expect(await linesOf(metrics, 'parley_calls_total')).toEqual([
    '{app="default",party="caller"} 1',
    '{app="default",party="agent"} 1',
  ]);
});

test('given an agent who calls a number, its line is taken until it is over', async () => {
  const { world, happens } = aMeteredCallCenter();
  happens(callOut(), 0);
  happens(answered(legOf(world)), 2);
  expect(await linesOf(metrics, 'parley_outside_lines')).toEqual(['{app="default"} 1']);
  expect(await linesOf(metrics, 'parley_calls_total')).toContain('{app="default",party="number"} 1');

  happens(ended(legOf(world)), 4);
  for (const call of world.calls.values()) happens(ended(call), 5);
  expect(await linesOf(metrics, 'parley_outside_lines')).toEqual(['{app="default"} 0']);
});

test('given an application that does not exist, it has no figures', async () => {
  const { happens } = aMeteredCallCenter([OTHER_APP]);
  happens(anArrival(), 0);

  expect(await linesOf(metrics, 'parley_calls_total')).toEqual([]);
  expect((await linesOf(metrics, 'parley_calls')).filter((line) => line.includes(APP))).toEqual([]);
});
