import type { Line } from '../../scripts/phone-farm/line';
import { aTalk, CUSTOMER, does, enqueueFor, membersIn, untilAllIsQuiet } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const OUTSIDE = '13800000000';
const [AGENT, COLLEAGUE, NUMBER] = [700, 1000, 1300] as const;

let parley: Parley;
let agent: AgentAtPhone;
let colleague: AgentAtPhone;
let line: Line;
beforeAll(async () => {
  parley = await Parley.start({
    settings: { PARLEY_MISS_PAUSE_SECONDS: '0' },
    plans: {
      first: enqueueFor('agent1', '', 'user_data="of the plan"'),
      both: '<enqueue fail_overflow="true" choice="order"><route><agent name="agent1"/></route><route><agent name="agent2"/></route></enqueue>',
    },
  });
  agent = await parley.agentAtPhone(AGENT);
  colleague = await parley.agentAtPhone(COLLEAGUE);
  line = parley.farm.outside(OUTSIDE, { tone: NUMBER });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(() => {
  colleague.phone.manner = 'ring';
  line.manner = 'ring';
});
afterEach(async () => untilAllIsQuiet(parley, agent, colleague));

const transferred = async (conversation_id: string, attributes = ''): Promise<{ readonly queue_id: string }> =>
  does(parley, agent, 'xfer_agent', { conversation_id, enqueue: enqueueFor(colleague.name, attributes) });
const transferredOut = async (conversation_id: string, more: object = {}): Promise<unknown> =>
  does(parley, agent, 'xfer_out', { conversation_id, to: OUTSIDE, max_answer_seconds: 60, ...more });

/** What became of the talk is told by the dialplan. */
const untilTold = async (result: object): Promise<void> => expect(await parley.returned()).toMatchObject(result);

describe('a customer whom the agent transfers', () => {
  test('to a colleague who answers, talks with the colleague, and the agent is free', async () => {
    const { id, customer, leg } = await aTalk(parley, agent);
    await transferred(id);
    await leg.ended();
    const other = await colleague.phone.incoming();
    expect(other.from).toBe(CUSTOMER);
    await parley.untilState(agent, 'idle');
    await customer.hearsMusic();
    await other.answer();
    await Promise.all([customer.hears([COLLEAGUE]), other.hears([400])]);
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [colleague.name]: 1 });
    await customer.hangUp();
    await other.ended();
  });

  test.each(['busy', 'declined', 'unavailable'] as const)(
    'to a colleague who is %s, goes on in the dialplan',
    async (decline) => {
      colleague.phone.manner = { decline };
      const { id, customer } = await aTalk(parley, agent, { to: '91first' });
      await transferred(id);
      await untilTold({ PARLEY_RESULT: 'success', PARLEY_CONVERSATION_ID: id, PARLEY_END_REASON: 'dismiss' });
      await customer.hangUp();
    },
  );

  test('to a colleague who does not answer in time, goes on in the dialplan', async () => {
    const { id, customer } = await aTalk(parley, agent, { to: '91first' });
    await transferred(id, 'fetch_timeout="1"');
    const other = await colleague.phone.incoming();
    await other.ended();
    await untilTold({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss' });
    await customer.hangUp();
  });

  test('to nobody who is free at once, goes on in the dialplan, and is not given back', async () => {
    const { id, customer } = await aTalk(parley, agent, { to: '91first' });
    const enqueue = enqueueFor(agent.name, 'queue_timeout="0"');
    await does(parley, agent, 'xfer_agent', { conversation_id: id, enqueue });
    await untilTold({ PARLEY_RESULT: 'success' });
    expect(agent.phone.calls.at(-1)!.state).toBe('ended');
    await customer.hangUp();
  });

  test('and hangs up while the colleague rings, stops that', async () => {
    const { id, customer } = await aTalk(parley, agent);
    await transferred(id);
    const other = await colleague.phone.incoming();
    await customer.hangUp();
    await other.ended();
  });

  test('and hangs up just as the colleague answers, leaves nothing behind', async () => {
    const { id, customer } = await aTalk(parley, agent);
    await transferred(id);
    const other = await colleague.phone.incoming();
    await Promise.all([customer.hangUp(), other.answer().catch(() => undefined)]);
    await other.ended();
  });

  test('to a number that answers, talks with it, and the agent is free', async () => {
    const { id, customer, leg } = await aTalk(parley, agent);
    await transferredOut(id);
    await leg.ended();
    const callee = await line.incoming();
    await customer.hearsRingback();
    await callee.answer();
    await Promise.all([customer.hears([NUMBER]), callee.hears([400])]);
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [OUTSIDE]: 1 });
    await customer.hangUp();
    await callee.ended();
  });

  test.each(['busy', 'declined', 'not-found'] as const)(
    'to a number that is %s, goes on in the dialplan',
    async (decline) => {
      line.manner = { decline };
      const { id, customer } = await aTalk(parley, agent, { to: '91first' });
      await transferredOut(id);
      await untilTold({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss', PARLEY_AGENT: agent.name });
      await customer.hangUp();
    },
  );

  test('to a number, and hangs up while it rings, stops that', async () => {
    const { id, customer } = await aTalk(parley, agent);
    await transferredOut(id);
    const callee = await line.incoming();
    await customer.hangUp();
    await callee.ended();
  });

  test('to a number that does not answer in time, goes on in the dialplan', async () => {
    const { id, customer } = await aTalk(parley, agent, { to: '91first' });
    await transferredOut(id, { max_dial_seconds: 1 });
    await (await line.incoming()).ended();
    await untilTold({ PARLEY_RESULT: 'success' });
    await customer.hangUp();
  });
});

describe('a caller who rings at an agent', () => {
  const ringing = async (to = '91first') => {
    const caller = await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
    const leg = await agent.phone.incoming();
    const [task] = await parley.until(async () => {
      const tasks = await parley.queue();
      return tasks[0]?.state === 'ringing' && tasks;
    }, 'it rings');
    return { caller, leg, queue_id: task!.id };
  };

  test('and is rejected, goes on in the dialplan with what the agent said of it', async () => {
    const { caller, leg, queue_id } = await ringing();
    expect(await does(parley, agent, 'reject', { queue_id, user_data: 'not now' })).toBe(true);
    await leg.ended();
    await untilTold({ PARLEY_RESULT: 'call_fail', PARLEY_QUEUE_ID: queue_id, PARLEY_USER_DATA: 'not now' });
    await caller.hangUp();
  });

  test('and is rejected, overflows where the plan says so', async () => {
    const { caller, queue_id } = await ringing('91both');
    const asOldClients = { queue_task_id: queue_id, data: 'not now' };
    expect(await parley.request('POST', `agent/${agent.name}/reject`, asOldClients)).toMatchObject({ data: true });
    const other = await colleague.phone.incoming();
    await other.answer();
    await Promise.all([caller.hears([COLLEAGUE]), other.hears([400])]);
    await caller.hangUp();
    await other.ended();
  });

  test('and is forwarded, talks with the other agent', async () => {
    const { caller, leg, queue_id } = await ringing();
    const forwarded = await does(parley, agent, 'fwd_agent', {
      queue_task_id: queue_id,
      enqueue: enqueueFor(colleague.name),
    });
    await leg.ended();
    const other = await colleague.phone.incoming();
    expect(other.from).toBe(CUSTOMER);
    expect((await parley.queue())[0]).toMatchObject({ id: forwarded.queue_id, type: 'fwd_agent' });
    await caller.hearsMusic();
    await other.answer();
    await Promise.all([caller.hears([COLLEAGUE]), other.hears([400])]);
    const { id } = await parley.conversationOf(colleague);
    expect(await parley.conversation(id)).toMatchObject({ type: 'queue', queue_id: forwarded.queue_id });
    await caller.hangUp();
    await other.ended();
  });

  test.each(['busy', 'declined'] as const)(
    'and is forwarded to an agent who is %s, goes on in the dialplan',
    async (decline) => {
      colleague.phone.manner = { decline };
      const { caller, queue_id } = await ringing();
      const forwarded = await does(parley, agent, 'fwd_agent', {
        queue_task_id: queue_id,
        enqueue: enqueueFor(colleague.name),
      });
      await untilTold({ PARLEY_RESULT: 'call_fail', PARLEY_QUEUE_ID: forwarded.queue_id });
      await caller.hangUp();
    },
  );

  test('and is forwarded to an agent who does not answer in time, goes on in the dialplan', async () => {
    const { caller, queue_id } = await ringing();
    await does(parley, agent, 'fwd_agent', {
      queue_task_id: queue_id,
      enqueue: enqueueFor(colleague.name, 'fetch_timeout="1"'),
    });
    await (await colleague.phone.incoming()).ended();
    await untilTold({ PARLEY_RESULT: 'call_fail' });
    await caller.hangUp();
  });

  test('and is forwarded, may hang up while the other agent rings', async () => {
    const { caller, queue_id } = await ringing();
    await does(parley, agent, 'fwd_agent', {
      queue_task_id: queue_id,
      enqueue: enqueueFor(colleague.name),
    });
    const other = await colleague.phone.incoming();
    await caller.hangUp();
    await other.ended();
  });

  test('cannot be rejected by another agent, nor once it is answered', async () => {
    const { caller, leg, queue_id } = await ringing();
    const by = async ({ name }: AgentAtPhone): Promise<unknown> =>
      parley.request('POST', `agent/${name}/reject`, { queue_id });
    expect(await by(colleague)).toMatchObject({ status: 503, code: '000004' });
    await leg.answer();
    await caller.hears([AGENT]);
    expect(await by(agent)).toMatchObject({ status: 404, code: '040601' });
    await caller.hangUp();
    await leg.ended();
  });
});
