import type { Line } from '../../scripts/phone-farm/line';
import { aTalk, CUSTOMER, conversationsOf, does, enqueueFor, membersIn, untilAllIsQuiet } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const OUTSIDE = '13800000000';
const [AGENT, COLLEAGUE, NUMBER] = [700, 1000, 1300] as const;

let parley: Parley;
let agent: AgentAtPhone;
let colleague: AgentAtPhone;
let line: Line;
beforeAll(async () => {
  parley = await Parley.start({ settings: { PARLEY_MISS_PAUSE_SECONDS: '0', PARLEY_OWN_RING_SECONDS: '3' } });
  agent = await parley.agentAtPhone(AGENT);
  colleague = await parley.agentAtPhone(COLLEAGUE);
  line = parley.farm.outside(OUTSIDE, { tone: NUMBER });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(() => {
  agent.phone.manner = 'ring';
  colleague.phone.manner = 'ring';
  line.manner = 'ring';
});
afterEach(async () => untilAllIsQuiet(parley, agent, colleague));

type Started = { readonly call_id: string; readonly conversation_id: string };

const callOut = async (more: object = {}): Promise<Started> =>
  does(parley, agent, 'call_out', { to: OUTSIDE, max_answer_seconds: 60, ...more });

describe('an agent who calls a number', () => {
  test('has the own phone rung first, hears the other ring, then both hear each other', async () => {
    const { call_id, conversation_id } = await callOut({ from: '075500000000', user_data: 'of the request' });
    const leg = await agent.phone.incoming();
    expect([leg.from, await parley.state(agent), line.calls.at(-1)?.state]).toEqual([
      OUTSIDE,
      'fetching',
      undefined,
    ]);
    await leg.answer();
    const callee = await line.incoming();
    expect([callee.from, await parley.state(agent)]).toEqual(['075500000000', 'talking']);
    await leg.hearsRingback();
    await callee.answer();
    await Promise.all([leg.hears([NUMBER]), callee.hears([AGENT])]);

    expect(await parley.conversation(conversation_id)).toMatchObject({
      type: 'call_out',
      state: 'running',
      agent_call_id: call_id,
      queue_id: null,
      members: [
        { name: agent.name, call_id, mode: 1 },
        { telnumber: OUTSIDE, mode: 1 },
      ],
    });
    await callee.hangUp();
    await leg.ended();
    expect(await parley.conversation(conversation_id)).toMatchObject({
      state: 'completed',
      end_reason: 'dismiss',
    });
  });

  test.each(['busy', 'declined', 'unavailable', 'congested'] as const)(
    'whose own phone is %s, calls nobody',
    async (decline) => {
      agent.phone.manner = { decline };
      const { conversation_id } = await callOut();
      await parley.untilState(agent, 'idle');
      expect(await parley.request('GET', `conversation/${conversation_id}`)).toMatchObject({ code: '040501' });
    },
  );

  test('who does not answer the own phone, calls nobody', async () => {
    const { conversation_id } = await callOut();
    const leg = await agent.phone.incoming();
    await leg.ended();
    await parley.untilState(agent, 'idle');
    expect(await parley.request('GET', `conversation/${conversation_id}`)).toMatchObject({ code: '040501' });
  });

  test.each(['busy', 'declined', 'not-found', 'congested'] as const)(
    'which is %s, is on hook again',
    async (decline) => {
      line.manner = { decline };
      const { conversation_id } = await callOut();
      const leg = await agent.phone.incoming();
      await leg.answer();
      await leg.ended();
      expect(await parley.conversation(conversation_id)).toMatchObject({
        state: 'completed',
        end_reason: 'dismiss',
      });
    },
  );

  test('which does not answer in time, is on hook again, and so is the number', async () => {
    await callOut({ max_dial_seconds: 1 });
    const leg = await agent.phone.incoming();
    await leg.answer();
    const callee = await line.incoming();
    await Promise.all([leg.ended(), callee.ended()]);
  });

  test('and hangs up while the number rings, stops it', async () => {
    await callOut();
    const leg = await agent.phone.incoming();
    await leg.answer();
    const callee = await line.incoming();
    await leg.hangUp();
    await callee.ended();
  });

  test('and is logged out while the own phone rings, has it stopped', async () => {
    await callOut();
    const leg = await agent.phone.incoming();
    await parley.delete(`agent/${agent.name}?force=true`);
    await leg.ended();
    await parley.post('agent', { name: agent.name, num: '1', extension: agent.extensionId, state: 'idle' });
  });

  test('out of a talk, keeps the leg, and the customer is on hold meanwhile', async () => {
    const { id, customer, leg } = await aTalk(parley, agent);
    const { call_id, conversation_id } = await callOut();
    const callee = await line.incoming();
    await customer.hearsMusic();
    await callee.answer();
    await Promise.all([leg.hears([NUMBER]), callee.hears([AGENT]), customer.hearsMusic()]);
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 4 });
    expect((await conversationsOf(parley, agent)).map((each) => each.id)).toEqual([id, conversation_id]);
    expect((await parley.conversation(id)).members[1]).toMatchObject({ call_id });

    await callee.hangUp();
    await parley.until(async () => (await conversationsOf(parley, agent)).length === 1, 'one is left');
    await Promise.all([customer.hearsMusic(), leg.hearsNothing()]);
    await does(parley, agent, 'lsm', { conversation_id: id });
    await Promise.all([customer.hears([AGENT]), leg.hears([400])]);
    await customer.hangUp();
    await leg.ended();
  });
});

describe('an agent who calls another', () => {
  const callAgent = async (
    enqueue = enqueueFor(colleague.name),
  ): Promise<Started & { readonly queue_id: string }> => does(parley, agent, 'call_agent', { enqueue });

  test('waits with music, then both hear each other', async () => {
    const { call_id, conversation_id, queue_id } = await callAgent();
    const leg = await agent.phone.incoming();
    await leg.answer();
    const other = await colleague.phone.incoming();
    expect(other.from).toBe('1');
    await leg.hearsMusic();
    await other.answer();
    await Promise.all([leg.hears([COLLEAGUE]), other.hears([AGENT])]);
    expect(await parley.conversation(conversation_id)).toMatchObject({
      type: 'call_agent',
      agent_call_id: call_id,
      queue_id,
      members: [{ name: agent.name }, { name: colleague.name }],
    });
    await other.hangUp();
    await leg.ended();
  });

  test('whose own phone is busy, calls nobody', async () => {
    agent.phone.manner = { decline: 'busy' };
    const { conversation_id } = await callAgent();
    await parley.untilState(agent, 'idle');
    expect([await parley.queue(), await parley.state(colleague)]).toEqual([[], 'idle']);
    expect(await parley.request('GET', `conversation/${conversation_id}`)).toMatchObject({ code: '040501' });
  });

  test.each(['busy', 'declined', 'unavailable'] as const)('who is %s, is on hook again', async (decline) => {
    colleague.phone.manner = { decline };
    await callAgent();
    const leg = await agent.phone.incoming();
    await leg.answer();
    await leg.ended();
  });

  test('who does not answer in time, is on hook again', async () => {
    await callAgent(enqueueFor(colleague.name, 'fetch_timeout="1"'));
    const leg = await agent.phone.incoming();
    await leg.answer();
    const other = await colleague.phone.incoming();
    await Promise.all([leg.ended(), other.ended()]);
  });

  test('and hangs up while the other rings, stops it', async () => {
    await callAgent();
    const leg = await agent.phone.incoming();
    await leg.answer();
    const other = await colleague.phone.incoming();
    await leg.hangUp();
    await other.ended();
  });
});

describe('an agent is refused', () => {
  test('while its phone is not registered', async () => {
    const far = await parley.agentAtPhone(1600);
    await far.phone.unregister();
    await parley.until(async () => !(await parley.get(`extension/${far.extensionId}`)).enable, 'it is gone');
    const wish = { to: OUTSIDE, max_answer_seconds: 60 };
    expect(await parley.request('POST', `agent/${far.name}/call_out`, wish)).toMatchObject({
      status: 409,
      code: '040104',
    });
    await parley.delete(`agent/${far.name}`);
  });

  test('while its phone rings', async () => {
    await callOut();
    const leg = await agent.phone.incoming();
    const wish = { to: OUTSIDE, max_answer_seconds: 60 };
    expect(await parley.request('POST', `agent/${agent.name}/call_out`, wish)).toMatchObject({
      status: 409,
      code: '040203',
    });
    await leg.decline();
  });
});
