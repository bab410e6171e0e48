import { agentId, type Agent } from '../../src/domain/agent/agent';
import type { AgentName, ChannelId, ConditionId, Instant } from '../../src/domain/ids';
import type { Arrival } from '../../src/domain/input';
import { conditionEnqueue } from '../../src/domain/queue/enqueue';
import { apply } from '../../src/domain/world';
import type { Clock } from '../../src/ports/system';
import { MissingTargets } from '../../src/runtime/missing-targets';
import { silent, standingClock } from '../support/fakes';
import { agentTarget, ANN, asking, BOB, OTHER_APP, routing, skillTarget } from '../support/happenings';
import { stepsOf } from '../support/steps';
import { anAgent, aPlan, APP, aWorld, NOW } from '../support/worlds';

const CHANNEL = '1.1' as ChannelId;
const NO_CONDITION = 'c'.repeat(32) as ConditionId;

/** Ann, who sells, and makes tea no more; Bob is of another application. */
function looking(plans: readonly ReturnType<typeof aPlan>[] = [], others?: readonly Agent[]) {
  const skills = [
    { name: 'sales', score: 1, enabled: true },
    { name: 'tea', score: 1, enabled: false },
  ];
  const id = agentId(OTHER_APP, BOB);
  const bob = anAgent({ id, name: BOB, app: OTHER_APP, skills: [{ name: 'repairs', score: 1, enabled: true }] });
  const ann = anAgent({ name: ANN, skills });
  const world = aWorld({ agents: others ?? [ann, bob], plans });
  const warnings: (readonly [string, unknown])[] = [];
  const logger = { ...silent, warn: (message: string, fields?: object) => void warnings.push([message, fields]) };
  let now = NOW as number;
  const clock: Clock = { ...standingClock, now: () => now as Instant };
  const missing = new MissingTargets(world, clock, logger);
  const asks = (request: Arrival['request'], app = APP) => missing.look({ app, channelId: CHANNEL, request });
  const problems = () => warnings.map(([, fields]) => (fields as { problem: string }).problem);
  return { world, asks, problems, warnings, passes: (ms: number) => void (now += ms) };
}

const agents = (...names: readonly string[]) => asking(names.map((name) => agentTarget(name as AgentName)));
const skills = (...names: readonly string[]) => asking(names.map((name) => skillTarget(name)));

test.each([
  ['an agent who is there', agents('ann'), []],
  ['a skill that somebody has', skills('sales'), []],
  ['no such agent', agents('anne'), ['agent "anne" is not logged in, did you mean ann?']],
  ['the agent of another application', agents('bob'), ['agent "bob" is not logged in, did you mean ann?']],
  ['no such skill', skills('sale'), ['no agent has the skill "sale", did you mean sales?']],
  [
    'the skill of another application',
    skills('repairs'),
    [expect.stringContaining('no agent has the skill "repairs", did you mean')],
  ],
  ['a skill that is disabled', skills('tea'), ['skill "tea" is disabled for all agents who have it']],
  [
    'no such condition',
    { by: 'enqueue', enqueue: conditionEnqueue(NO_CONDITION) },
    [`there is no condition ${NO_CONDITION}`],
  ],
  ['nothing that can be read', { by: 'mistake' }, []],
] as const)('given %s: it is told, or not', (_, request, problems) => {
  const given = looking();
  given.asks(request);
  expect(given.problems()).toEqual(problems);
});

test('given thousands of agents, a skill that only the last has is found in a few steps, and so is that it is gone', () => {
  const names = Array.from({ length: 2_000 }, (_, index) => `a${index}` as AgentName);
  const many = names.map((name) => anAgent({ name, skills: [{ name: 'tea', score: 1, enabled: true }] }));
  const last = { ...many.pop()!, skills: [{ name: 'sales', score: 1, enabled: true }] };
  const { asks, problems, world } = looking([], [...many, last]);
  expect(stepsOf(() => asks(skills('sales')))).toBeLessThan(50);
  expect(problems()).toEqual([]);

  apply(world, [{ kind: 'agents', value: last, live: false }]);
  expect(stepsOf(() => asks(skills('sales')))).toBeLessThan(100);
  expect(problems()).toEqual([expect.stringContaining('no agent has the skill "sales"')]);
});

test('given an application without agents, nothing is near', () => {
  const { asks, problems } = looking();
  asks(agents('ann'), 'empty' as typeof APP);
  asks(skills('sales'), 'empty' as typeof APP);
  expect(problems()).toEqual([
    'agent "ann" is not logged in, and nobody is',
    'no agent has the skill "sales", or any other',
  ]);
});

test('given several that are missing, in any route of a plan, one warning names them, the plan and the channel', () => {
  const plan = aPlan('support', {
    enqueue: routing([[agentTarget(ANN)], [skillTarget('sale'), skillTarget('sales'), skillTarget('te')]]),
  });
  const { asks, warnings } = looking([plan]);
  asks({ by: 'plan', name: 'support' });
  expect(warnings).toEqual([
    [
      'a caller asks for what is not there',
      {
        app: APP,
        channelId: CHANNEL,
        plan: 'support',
        problem:
          'no agent has the skill "sale", did you mean sales?; no agent has the skill "te", did you mean tea?',
      },
    ],
  ]);
});

test('given very many that are missing, five are named and the others counted', () => {
  const { asks, problems } = looking();
  asks(agents(...Array.from({ length: 9 }, (_, index) => `nobody${index}`)));
  expect(problems()).toEqual([expect.stringMatching(/^(agent "nobody\d"[^;]*; ){5}and 4 more$/)]);
});

test('given the same again, it is told once a minute', () => {
  const { asks, problems, passes } = looking();
  for (let each = 0; each < 120; each++) {
    asks(agents('anne'));
    passes(1_000);
  }
  expect(problems()).toHaveLength(2);
});

test('given ever other names, a hundred a minute are told', () => {
  const { asks, problems, passes } = looking();
  for (let each = 0; each < 300; each++) asks(agents(`nobody${each}`));
  expect(problems()).toHaveLength(100);
  passes(60_000);
  asks(agents('nobody'));
  expect(problems()).toHaveLength(101);
});
