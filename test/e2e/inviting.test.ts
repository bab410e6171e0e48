import type { Schemas } from '../../scripts/api/api-types';
import { aTalk, enqueueFor, hangUp } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const OUTSIDE = '13800000000';

let parley: Parley;
let agent: AgentAtPhone;
let colleague: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start();
  [agent, colleague] = await Promise.all([
    parley.agentAtPhone(700, { manner: { answerAfter: 0 } }),
    parley.agentAtPhone(1000),
  ]);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => parley.untilNothingIsLeft());

async function members(id: string): Promise<Schemas['Conversation']['members']> {
  return (await parley.conversation(id)).members;
}

test('given an outside number that answers, it joins, all three hear each other, and it may leave', async () => {
  const line = parley.farm.outside(OUTSIDE, { tone: 1300 });
  const { id, customer, leg } = await aTalk(parley, agent);
  const { call_id } = await parley.post(`conversation/${id}/invite_out`, {
    to: OUTSIDE,
    from: '075500000000',
    max_answer_seconds: 60,
  });
  const callee = await line.incoming();
  expect(callee.from).toBe('075500000000');
  expect(await members(id)).toHaveLength(2);
  await callee.answer();
  await Promise.all([customer.hears([700, 1300]), leg.hears([400, 1300]), callee.hears([400, 700])]);
  expect((await members(id))[2]).toEqual({
    telnumber: OUTSIDE,
    call_id,
    mode: 1,
    begin_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    end_time: null,
  });

  await callee.hangUp();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  expect((await members(id))[2]).toMatchObject({ end_time: expect.any(String) });
  await hangUp(parley, agent, { customer, leg });
});

test.each([
  ['is busy', '13800000001', 'busy', 17],
  ['declines', '13800000002', 'declined', 21],
  ['does not exist', '13800000003', 'not-found', 1],
] as const)(
  'given an outside number that %s, the talk goes on, and its journal says why',
  async (_, to, reason, cause) => {
    parley.farm.outside(to, { tone: 1300, manner: { decline: reason } });
    const { id, customer, leg } = await aTalk(parley, agent);
    await parley.post(`conversation/${id}/invite_out`, { to, max_answer_seconds: 60 });
    await parley.until(async () => (await parley.channelCount()) === 2, 'only the two are left');
    expect(await members(id)).toHaveLength(2);
    const failure = async (): Promise<object | undefined> => {
      const journal = await parley.get(`conversation/${id}/events`);
      return journal.find(({ event }) => event === 'callcenter.conversation.call_failed');
    };
    await parley.until(async () => (await failure()) !== undefined, 'the journal tells of it');
    expect(await failure()).toMatchObject({ telnumber: to, cause });
    await Promise.all([customer.hears([700]), leg.hears([400])]);
    await hangUp(parley, agent, { customer, leg });
  },
);

test('given an outside number that does not answer in time, its phone stops', async () => {
  const line = parley.farm.outside('13800000004', { tone: 1300 });
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_out`, {
    to: line.number,
    max_dial_seconds: 1,
    max_answer_seconds: 60,
  });
  const callee = await line.incoming();
  await callee.ended({ within: 3_000 });
  await customer.hears([700]);
  await hangUp(parley, agent, { customer, leg });
});

test('given an outside number that has talked long enough, it is hung up', async () => {
  const line = parley.farm.outside('13800000005', { tone: 1300, manner: { answerAfter: 0 } });
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_out`, { to: line.number, max_answer_seconds: 1 });
  const callee = await line.incoming();
  await callee.answered();
  await callee.ended({ within: 3_000 });
  await customer.hears([700]);
  await hangUp(parley, agent, { customer, leg });
});

test('given the customer hangs up while a number rings, the agent waits for it; when the agent goes too, it stops', async () => {
  const line = parley.farm.outside('13800000006', { tone: 1300 });
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_out`, { to: line.number, max_answer_seconds: 60 });
  const callee = await line.incoming();
  await customer.hangUp();
  await parley.until(async () => (await members(id))[0]!.end_time !== null, 'the customer has left');
  expect([leg.state, callee.state]).toEqual(['up', 'ringing']);
  await leg.hangUp();
  await callee.ended();
  await parley.untilState(agent, 'idle');
});

test.each(['12', '1380000000a', '1380000000&PJSIP/100001', '138/0000', '13800000000@evil', ' 13800000000', ''])(
  'a number that is no number, %j, is refused and nothing reaches Asterisk',
  async (to) => {
    const { id, customer, leg } = await aTalk(parley, agent);
    const before = await parley.channelCount();
    const answer = await parley.request('POST', `conversation/${id}/invite_out`, { to, max_answer_seconds: 60 });
    expect(answer).toMatchObject({ status: 400, code: '000001', msg: expect.stringContaining('to') });
    expect(await parley.channelCount()).toBe(before);
    await hangUp(parley, agent, { customer, leg });
  },
);

test('given a colleague who answers, it joins and all three hear each other', async () => {
  const { id, customer, leg } = await aTalk(parley, agent);
  const { queue_id } = await parley.post(`conversation/${id}/invite_agent`, {
    enqueue: enqueueFor(colleague.name),
  });
  expect(queue_id).toMatch(/^[0-9a-f]{32}$/);
  const joining = await colleague.phone.incoming();
  expect(joining.from).toBe('13900000001');
  await joining.answer();
  await Promise.all([customer.hears([700, 1000]), leg.hears([400, 1000]), joining.hears([400, 700])]);
  expect(await parley.state(colleague)).toBe('talking');

  await joining.hangUp();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await parley.untilState(colleague, 'idle');
  await hangUp(parley, agent, { customer, leg });
});

test('given a colleague who joins in mode 2, it hears both and neither hears it', async () => {
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueFor(colleague.name), mode: 2 });
  const joining = await colleague.phone.incoming();
  await joining.answer();
  await joining.hears([400, 700]);
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  expect([customer.ear.heard(1000), leg.ear.heard(1000)]).toEqual([false, false]);
  await joining.hangUp();
  await hangUp(parley, agent, { customer, leg });
});

test('given a colleague who is busy, the invitation waits, and is met when it becomes idle', async () => {
  await parley.post(`agent/${colleague.name}/state`, { state: 'busy/lunch' });
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueFor(colleague.name) });
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await parley.post(`agent/${colleague.name}/state`, { state: 'idle' });
  const joining = await colleague.phone.incoming();
  await joining.decline();
  await parley.untilState(colleague, 'idle');
  expect(await members(id)).toHaveLength(2);
  await hangUp(parley, agent, { customer, leg });
});

test('dissolving hangs up everybody, those who ring included, and leaves nothing in Asterisk', async () => {
  const line = parley.farm.outside('13800000007', { tone: 1300 });
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.post(`conversation/${id}/invite_out`, { to: line.number, max_answer_seconds: 60 });
  await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueFor(colleague.name) });
  const ringing = await Promise.all([line.incoming(), colleague.phone.incoming()]);

  expect(await parley.delete(`conversation/${id}`)).toBe(true);
  await Promise.all([customer, leg, ...ringing].map((each) => each.ended()));
  await parley.untilNothingIsLeft();
  await parley.untilState(agent, 'idle');
  await parley.untilState(colleague, 'idle');
  expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'remove' });
  expect(await parley.request('DELETE', `conversation/${id}`)).toMatchObject({ status: 404, code: '040501' });
});

test('a forced logout takes the agent out of its conversation', async () => {
  const { customer, leg } = await aTalk(parley, agent);
  expect(await parley.request('DELETE', `agent/${agent.name}`)).toMatchObject({ status: 409, code: '040203' });
  await parley.delete(`agent/${agent.name}?force=true`);
  await Promise.all([leg.ended(), customer.ended()]);
  expect(await parley.request('GET', `agent/${agent.name}`)).toMatchObject({ status: 404, code: '040202' });
  await parley.post('agent', { name: agent.name, extension: agent.extensionId, state: 'idle' });
});
