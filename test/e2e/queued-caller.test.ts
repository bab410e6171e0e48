import type { Call } from '../../scripts/phone-farm/call';
import { Parley, type AgentAtPhone } from './parley';

const CUSTOMER = '13900000001';
const A_TASK = expect.stringMatching(/^[0-9a-f]{32}$/);

let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  const plans = {
    short: '<enqueue><route><agent name="agent1" queue_timeout="1"/></route></enqueue>',
    impatient: '<enqueue><route><agent name="agent1" queue_timeout="0"/></route></enqueue>',
    overflow:
      '<enqueue fail_overflow="true"><route><agent name="agent1" fetch_timeout="1"/></route><route><agent name="agent2"/></route></enqueue>',
    paperwork: '<enqueue reserve_state="busy/paperwork"><route><agent name="agent1"/></route></enqueue>',
    brief: '<enqueue conversation_timeout="2"><route><agent name="agent1"/></route></enqueue>',
    nobody: '<enqueue><route><agent name="nobody"/></route></enqueue>',
    any: '<enqueue choice="all"><route><skill name="sales"/></route></enqueue>',
  };
  parley = await Parley.start({ plans });
  agent = await parley.agentAtPhone(700);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(async () => parley.post(`agent/${agent.name}/state`, { state: 'idle' }));
afterEach(async () => parley.untilNothingIsLeft());

async function aCustomer(to: string, tone: 400 | 1000 = 400): Promise<Call> {
  const call = await parley.farm.call({ from: CUSTOMER, to, tone });
  await call.answered();
  return call;
}

test('given an agent who is busy, a caller hears music, then reaches the agent, and they hear each other', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const caller = await aCustomer(`7${agent.name}`);
  await caller.hearsMusic();

  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  expect(leg.from).toBe(CUSTOMER);
  await caller.hearsMusic();
  expect(await parley.state(agent)).toBe('fetching');
  await leg.answer();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  expect(await parley.state(agent)).toBe('talking');
  const conversation = await parley.conversationOf(agent);
  expect(conversation).toMatchObject({
    type: 'queue',
    state: 'running',
    end_time: null,
    members: [
      { telnumber: CUSTOMER, mode: 1 },
      { name: agent.name, extension_id: agent.extensionId, mode: 1 },
    ],
  });

  await leg.hangUp();
  await caller.ended();
  await parley.untilState(agent, 'idle');
  expect(await parley.get(`conversation/${conversation.id}`)).toMatchObject({
    state: 'completed',
    end_reason: 'dismiss',
  });
});

test('given an agent who hangs up, the caller goes on in the dialplan with everything that it needs to know', async () => {
  const caller = await aCustomer(`92${agent.name}`);
  const leg = await agent.phone.incoming();
  await leg.answer();
  await caller.hears([700]);
  const { id, queue_id } = await parley.conversationOf(agent);
  await leg.hangUp();

  expect(await parley.returned()).toEqual({
    PARLEY_RESULT: 'success',
    PARLEY_QUEUE_ID: queue_id,
    PARLEY_CONVERSATION_ID: id,
    PARLEY_END_REASON: 'dismiss',
    PARLEY_AGENT: agent.name,
    PARLEY_USER_DATA: 'vip, "7" & <ü>',
  });
  await caller.hearsNothing();
  await caller.hangUp();
});

test.each([
  ['is busy', 'busy'],
  ['declines', 'declined'],
  ['cannot be reached', 'unavailable'],
  ['is cut off by a server in between', 'congested'],
  ['does not answer a server in between in time', 'timed-out'],
] as const)(
  'given an agent who %s, the caller goes on with call_fail and the agent is idle again',
  async (_, reason) => {
    const caller = await aCustomer(`92${agent.name}`);
    const leg = await agent.phone.incoming();
    await leg.decline(reason);

    expect(await parley.returned()).toMatchObject({
      PARLEY_RESULT: 'call_fail',
      PARLEY_QUEUE_ID: A_TASK,
      PARLEY_AGENT: '',
    });
    await parley.untilState(agent, 'idle');
    await caller.hangUp();
  },
);

test('given a phone that does not even say that it rings, the caller goes on with call_fail when the time is over', async () => {
  agent.phone.manner = 'quiet';
  const caller = await aCustomer(`92${agent.name}`);
  const leg = await agent.phone.incoming();
  agent.phone.manner = 'ring';
  await leg.ended({ within: 3_000 });

  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'call_fail' });
  await parley.untilState(agent, 'idle');
  await caller.hangUp();
});

test('given an agent who does not answer in time, its phone stops and the caller goes on with call_fail', async () => {
  const caller = await aCustomer(`92${agent.name}`);
  const leg = await agent.phone.incoming();
  await leg.ended({ within: 3_000 });

  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'call_fail' });
  await parley.untilState(agent, 'idle');
  await caller.hangUp();
});

test('given a plan with a second route, an agent who does not answer is followed by the next one', async () => {
  const second = await parley.agentAtPhone(1000);
  const caller = await aCustomer('91overflow');
  const first = await agent.phone.incoming();
  const leg = await second.phone.incoming();
  expect(first.state).toBe('ended');
  await leg.answer();
  await Promise.all([caller.hears([1000]), leg.hears([400])]);
  await parley.delete(`agent/${second.name}?force=true`);
  await Promise.all([leg.ended(), caller.hangUp()]);
});

test.each(['91short', '91impatient'])('given nobody free in time, %s comes back with timeout', async (to) => {
  await parley.post(`agent/${agent.name}/state`, { state: 'away' });
  const caller = await aCustomer(to);
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'timeout', PARLEY_QUEUE_ID: A_TASK });
  await caller.hangUp();
});

test.each(['91nobody', '91unheard_of', '92nobody'])(
  'given something that is not there, %s comes back with error',
  async (to) => {
    const caller = await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
    expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'error' });
    await caller.hangUp();
  },
);

test('given a caller who hangs up while waiting, the agent is not called any more', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const caller = await aCustomer(`7${agent.name}`);
  await caller.hearsMusic();
  await caller.hangUp();
  await parley.untilNothingIsLeft();

  const calls = agent.phone.calls.length;
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  expect(await parley.state(agent)).toBe('idle');
  expect(agent.phone.calls).toHaveLength(calls);
});

test('given a caller who hangs up while the agent rings, the phone stops and the agent is idle again', async () => {
  const caller = await aCustomer(`7${agent.name}`);
  const leg = await agent.phone.incoming();
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'idle');
});

test('given a caller who hangs up at the moment at which the agent answers, nothing is left, time after time', async () => {
  for (let time = 0; time < 8; time++) {
    const caller = await aCustomer(`7${agent.name}`);
    const leg = await agent.phone.incoming();
    const answering = leg.answer().catch(() => undefined); // The phone may be called off before.
    // Either comes first at times.
    if (time % 2 === 0) await Promise.race([answering, parley.state(agent)]);
    await Promise.all([caller.hangUp(), answering]);
    await leg.ended();
    await parley.untilNothingIsLeft();
    await parley.untilState(agent, 'idle');
  }
});

test('given a caller who hangs up while talking, the agent is hung up and goes to the state of the plan', async () => {
  const caller = await aCustomer('91paperwork');
  const leg = await agent.phone.incoming();
  await leg.answer();
  await leg.hears([400]);
  const { id } = await parley.conversationOf(agent);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'busy/paperwork');
  expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
});

test('given a conversation at its limit, it ends with timeout', async () => {
  const caller = await aCustomer('91brief');
  const leg = await agent.phone.incoming();
  await leg.answer();
  await parley.untilState(agent, 'talking');
  const { id } = await parley.conversationOf(agent);
  await leg.ended({ within: 4_000 });
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'timeout' });
  expect(await parley.conversation(id)).toMatchObject({ end_reason: 'timeout' });
  await caller.hangUp();
});

test('given PARLEY_ANSWER=no, the caller is answered when the agent answers, and not before', async () => {
  const caller = await parley.farm.call({ from: CUSTOMER, to: `93${agent.name}`, tone: 400 });
  const leg = await agent.phone.incoming();
  expect(caller.state).toBe('ringing');
  const answeredAt = Date.now();
  await leg.answer();
  await caller.answered();
  expect(caller.answeredAt).toBeGreaterThanOrEqual(answeredAt);
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
});

test('given a plan that rings everybody, the first to answer has the call and the others stop ringing', async () => {
  const sellers = await Promise.all(
    ([1000, 1300] as const).map((tone) =>
      parley.agentAtPhone(tone, { skills: [{ name: 'sales', enabled: true }] }),
    ),
  );
  const caller = await aCustomer('91any');
  const [one, two] = await Promise.all(sellers.map(({ phone }) => phone.incoming()));
  await two!.answer();
  await one!.ended();
  await Promise.all([caller.hears([1300]), two!.hears([400])]);
  await caller.hangUp();
  for (const seller of sellers) await parley.untilState(seller, 'idle');
});

test('callers who wait get the agent in the order in which they came', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const first = await aCustomer(`7${agent.name}`);
  const second = await aCustomer(`7${agent.name}`, 1000);
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });

  const one = await agent.phone.incoming();
  await one.answer();
  await one.hears([400]);
  await first.hangUp();
  const two = await agent.phone.incoming();
  await two.answer();
  await two.hears([1000]);
  await second.hangUp();
  await two.ended();
});
