import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { agentEnqueue, conditionEnqueue, skillEnqueue } from '../../src/domain/queue/enqueue';
import type { AgentName, AppId, ChannelId, ConditionId } from '../../src/domain/ids';
import type { CallerEntered } from '../../src/ports/telephony';
import { CallerArrival } from '../../src/runtime/caller-arrival';
import { silent } from '../support/fakes';

const APPS = new Set(['default', 'shop'] as AppId[]);
const plansOf = (app: AppId) => (app === 'default' ? ['support', 'sales'] : []);

function reading(args: readonly string[], variables: CallerEntered['variables'] = {}) {
  const mistakes: unknown[] = [];
  const logger = {
    ...silent,
    error: (_: string, fields?: Readonly<Record<string, unknown>>) => mistakes.push(fields!['problem']),
  };
  const caller: CallerEntered = {
    type: 'caller-entered',
    channelId: '1.1' as ChannelId,
    telnumber: '139',
    args,
    variables,
  };
  return { arrival: new CallerArrival(APPS, plansOf, parseXml, logger).read(caller), mistakes };
}

const id = 'c'.repeat(32);
const xml = '<enqueue priority="3"><route><agent name="ann"/></route></enqueue>';

test.each([
  [['enqueue', 'support'], {}, { by: 'plan', name: 'support' }],
  [['agent', '1001'], {}, { by: 'enqueue', enqueue: agentEnqueue('1001' as AgentName) }],
  [['skill', 'sales'], {}, { by: 'enqueue', enqueue: skillEnqueue('sales') }],
  [['condition', id], {}, { by: 'enqueue', enqueue: conditionEnqueue(id as ConditionId) }],
  [
    ['enqueue'],
    { ENQUEUE: xml },
    { by: 'enqueue', enqueue: { ...agentEnqueue('ann' as AgentName), priority: 3 } },
  ],
])('%j with %j asks for %j', (args, variables, request) => {
  expect(reading(args, variables)).toMatchObject({ arrival: { request, app: 'default' }, mistakes: [] });
});

test.each([
  [[], {}, expect.stringContaining('did you mean')],
  [['conditon', '1'], {}, 'there is no kind of request "conditon", did you mean condition?'],
  [['enqueue', 'suport'], {}, 'there is no plan "suport", did you mean support?'],
  [['enqueue', 'support'], { APP: 'shop' }, 'there is no plan "support", and no other'],
  [['enqueue'], {}, 'no plan is named and PARLEY_ENQUEUE is not set'],
  [['enqueue'], { ENQUEUE: '<enqueue>' }, expect.stringMatching(/line|enqueue/)],
  [['enqueue'], { ENQUEUE: '<enqueue/>' }, expect.stringContaining('route')],
  [['agent', 'a b'], {}, expect.stringContaining('agent name')],
  [['agent'], {}, expect.stringContaining('agent name')],
  [['skill'], {}, expect.stringContaining('skill name')],
  [['condition', 'x'], {}, expect.stringContaining('condition id')],
  [['agent', 'ann'], { APP: 'nobody' }, 'there is no application (PARLEY_APP) "nobody", did you mean shop?'],
])('%j with %j is a mistake, and the log says why', (args, variables, problem) => {
  expect(reading(args, variables)).toEqual({
    arrival: expect.objectContaining({ request: { by: 'mistake' } }),
    mistakes: [problem],
  });
});

test('the other variables say whose call it is and how it is taken', () => {
  const { arrival } = reading(['agent', 'ann'], {
    APP: 'shop',
    USER_DATA: 'vip,"7"',
    PRIORITY: '-5',
    ANSWER: 'no',
  });
  expect(arrival).toMatchObject({ app: 'shop', userData: 'vip,"7"', priority: -5, answer: false });
});

test('without them it is answered at once, at no special priority, and a priority that is no number counts as none', () => {
  const plain = { userData: null, priority: 0, answer: true };
  expect(reading(['agent', 'ann']).arrival).toMatchObject(plain);
  expect(reading(['agent', 'ann'], { PRIORITY: 'high', ANSWER: 'yes' }).arrival).toMatchObject(plain);
});
