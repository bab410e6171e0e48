import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { Refusal } from '../../src/domain/refusal';
import type { Effect } from '../../src/domain/effect';
import type { LoggedEffect } from '../../src/ports/storage';
import { OutsideMeter } from '../../src/runtime/outside-meter';
import { callOut } from '../support/agent-operations';
import { ANN, answered, inviteOut, legOf } from '../support/happenings';
import { APP, aRunningConversation, atTheirPhones, aWorld, when } from '../support/worlds';
import { silent } from '../support/fakes';

function aMeter(world = aWorld(atTheirPhones({ name: ANN }))) {
  const metrics = new PrometheusMetrics();
  const lines: unknown[] = [];
  const logger = { ...silent, warn: (message: string, fields?: unknown) => void lines.push([message, fields]) };
  const figures = async () => {
    const text = await metrics.text();
    metrics.close();
    return text.split('\n').filter((line) => line.startsWith('parley_outside'));
  };
  return { world, meter: new OutsideMeter(world, metrics, logger), lines, figures };
}

const logged = (effects: readonly Effect[]): readonly LoggedEffect[] =>
  effects.map((effect, index) => ({ id: `1-${index}`, effect }));

test('counts the numbers that are called through the trunk, and no phone of an agent', async () => {
  const { world, meter, figures } = aMeter();
  meter.decided(logged(when(world, callOut()).effects));
  meter.decided(logged(when(world, answered(legOf(world))).effects));
  const { world: other, conversation } = aRunningConversation();
  const invited = aMeter(other);
  invited.meter.decided(logged(when(other, inviteOut(conversation)).effects));

  expect(await figures()).toEqual(['parley_outside_calls_total{app="default"} 1']);
  expect(await invited.figures()).toEqual(['parley_outside_calls_total{app="default"} 1']);
});

test('tells what is refused and what would be, with the rule, and counts it', async () => {
  const { meter, lines, figures } = aMeter();
  meter.refused(APP, new Refusal('number-not-allowed', { number: '168', rule: 'premium' }));
  meter.refused(APP, new Refusal('no-line', { rule: 'callsAtOnce' }));
  meter.refused(APP, new Refusal('no-line', { trunk: 'none is configured' }));
  meter.refused(APP, new Refusal('agent-busy', { name: 'ann' }));
  meter.reported([{ app: APP, rule: 'deny', number: '139' as never }]);

  expect(lines).toEqual([
    ['an outside call is refused', { app: APP, rule: 'premium', number: '168' }],
    ['an outside call is refused', { app: APP, rule: 'callsAtOnce', number: null }],
    ['an outside call would be refused', { app: APP, rule: 'deny', number: '139' }],
  ]);
  expect(await figures()).toEqual([
    'parley_outside_against_rule_total{app="default",rule="premium",outcome="refused"} 1',
    'parley_outside_against_rule_total{app="default",rule="callsAtOnce",outcome="refused"} 1',
    'parley_outside_against_rule_total{app="default",rule="deny",outcome="reported"} 1',
  ]);
});
