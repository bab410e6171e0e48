import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import { aTalk, CUSTOMER, does, enqueueFor, membersIn, untilAllIsQuiet, type TalkWithCustomer } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const [AGENT, SUPERVISOR, COLLEAGUE] = [700, 1000, 1300] as const;
const CALLER = 400;

let parley: Parley;
let agent: AgentAtPhone;
let supervisor: AgentAtPhone;
let colleague: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start({ settings: { PARLEY_MISS_PAUSE_SECONDS: '0', PARLEY_OWN_RING_SECONDS: '3' } });
  agent = await parley.agentAtPhone(AGENT);
  supervisor = await parley.agentAtPhone(SUPERVISOR, { manner: { answerAfter: 0 } });
  colleague = await parley.agentAtPhone(COLLEAGUE, { manner: { answerAfter: 0 } });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => untilAllIsQuiet(parley, agent, supervisor, colleague));

const supervises = async (
  what: 'enter' | 'lsm',
  conversation_id: string,
  more: { readonly mode: number },
): Promise<unknown> => does(parley, supervisor, what, { conversation_id, ...more });

describe('a supervisor who listens', () => {
  async function monitored(): Promise<TalkWithCustomer & { readonly listener: Call }> {
    const talk = await aTalk(parley, agent);
    await supervises('enter', talk.id, { mode: 2 });
    const listener = await supervisor.phone.incoming();
    await listener.hears([CALLER, AGENT]);
    expect([talk.customer.ear.heard(SUPERVISOR), talk.leg.ear.heard(SUPERVISOR)]).toEqual([false, false]);
    return { ...talk, listener };
  }

  test('hears both and is heard by neither, may barge in and listen again, and leave', async () => {
    const { id, customer, leg, listener } = await monitored();
    await supervises('enter', id, { mode: 1 });
    await Promise.all([
      customer.hears([AGENT, SUPERVISOR]),
      leg.hears([CALLER, SUPERVISOR]),
      listener.hears([CALLER, AGENT]),
    ]);
    await supervises('lsm', id, { mode: 2 });
    await Promise.all([customer.hears([AGENT]), leg.hears([CALLER]), listener.hears([CALLER, AGENT])]);
    await does(parley, supervisor, 'exit', { conversation_id: id });
    await listener.ended();
    await Promise.all([customer.hears([AGENT]), leg.hears([CALLER])]);
    await customer.hangUp();
    await leg.ended();
  });

  test('does not keep a talk up, nor take away the hold sound', async () => {
    const { id, customer, leg, listener } = await monitored();
    await does(parley, agent, 'lsm', { conversation_id: id, mode: 4 });
    await Promise.all([customer.hearsMusic(), listener.hears([CALLER])]);
    await leg.hangUp();
    await Promise.all([listener.ended(), customer.ended()]);
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });

  test('who has barged in may take the talk over, and ends it when it only listens again', async () => {
    const { id, customer, leg, listener } = await monitored();
    await supervises('lsm', id, { mode: 1 });
    await leg.hangUp();
    await Promise.all([customer.hears([SUPERVISOR]), listener.hears([CALLER])]);
    await supervises('lsm', id, { mode: 2 });
    await Promise.all([listener.ended(), customer.ended()]);
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });
});

describe('a coach', () => {
  async function coached(): Promise<TalkWithCustomer & { readonly coach: Call }> {
    const talk = await aTalk(parley, agent);
    await does(parley, supervisor, 'coach', { conversation_id: talk.id, to: agent.name });
    const coach = await supervisor.phone.incoming();
    await Promise.all([
      talk.leg.hears([CALLER, SUPERVISOR]),
      coach.hears([CALLER, AGENT]),
      talk.customer.hears([AGENT]),
    ]);
    return { ...talk, coach };
  }

  test('is heard by the agent only, hears all, and leaves', async () => {
    const { id, customer, leg, coach } = await coached();
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 1, [supervisor.name]: 2 });
    await does(parley, supervisor, 'exit', { conversation_id: id });
    await coach.ended();
    await Promise.all([customer.hears([AGENT]), leg.hears([CALLER])]);
    expect(customer.ear.heard(SUPERVISOR)).toBe(false);
    await customer.hangUp();
    await leg.ended();
  });

  test('is heard by nobody else when a third joins, and when the coach barges in, by all', async () => {
    const { id, customer, leg, coach } = await coached();
    await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueFor(colleague.name) });
    const third = await colleague.phone.incoming();
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE]),
      third.hears([CALLER, AGENT]),
      leg.hears([CALLER, COLLEAGUE, SUPERVISOR]),
      coach.hears([CALLER, AGENT, COLLEAGUE]),
    ]);
    expect([customer.ear.heard(SUPERVISOR), third.ear.heard(SUPERVISOR)]).toEqual([false, false]);
    await supervises('lsm', id, { mode: 1 });
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE, SUPERVISOR]),
      third.hears([CALLER, AGENT, SUPERVISOR]),
      leg.hears([CALLER, COLLEAGUE, SUPERVISOR]),
      coach.hears([CALLER, AGENT, COLLEAGUE]),
    ]);
    const since = now();
    await supervises('lsm', id, { mode: 2 });
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE], { since }),
      third.hears([CALLER, AGENT], { since }),
      leg.hears([CALLER, COLLEAGUE, SUPERVISOR], { since }),
      coach.hears([CALLER, AGENT, COLLEAGUE], { since }),
    ]);
    await parley.delete(`conversation/${id}`);
    await Promise.all([customer, leg, third, coach].map((each) => each.ended()));
  });

  test('does not hear what the agent says and hears elsewhere, and is not heard there', async () => {
    const { id, customer, leg, coach } = await coached();
    const { conversation_id } = await does(parley, agent, 'call_agent', {
      enqueue: enqueueFor(colleague.name),
    });
    const third = await colleague.phone.incoming();
    await Promise.all([
      third.hears([AGENT]),
      leg.hears([COLLEAGUE]),
      customer.hearsMusic(),
      coach.hears([CALLER]),
    ]);
    expect([coach.ear.heard(COLLEAGUE), third.ear.heard(SUPERVISOR)]).toEqual([false, false]);
    await does(parley, agent, 'lsm', { conversation_id: id });
    await Promise.all([customer.hears([AGENT]), leg.hears([CALLER, SUPERVISOR]), coach.hears([CALLER, AGENT])]);
    await does(parley, agent, 'exit', { conversation_id });
    await third.ended();
    await customer.hangUp();
    await Promise.all([leg.ended(), coach.ended()]);
  });

  test('leaves with whom it coaches', async () => {
    const { id, customer, leg, coach } = await coached();
    await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueFor(colleague.name) });
    const third = await colleague.phone.incoming();
    await third.hears([CALLER, AGENT]);
    await leg.hangUp();
    await coach.ended();
    await Promise.all([customer.hears([COLLEAGUE]), third.hears([CALLER])]);
    await customer.hangUp();
    await third.ended();
  });

  test('whose agent is transferred from, leaves, and the customer is served', async () => {
    const { id, customer, leg, coach } = await coached();
    await does(parley, agent, 'xfer_agent', { conversation_id: id, enqueue: enqueueFor(colleague.name) });
    await Promise.all([leg.ended(), coach.ended()]);
    const third = await colleague.phone.incoming();
    await Promise.all([customer.hears([COLLEAGUE]), third.hears([CALLER])]);
    await customer.hangUp();
    await third.ended();
  });

  test.each([{ decline: 'busy' }, { decline: 'declined' }, 'ring'] as const)(
    'whose phone does not take it (%j), is not in it, and the talk goes on',
    async (manner) => {
      const { id, customer, leg } = await aTalk(parley, agent);
      supervisor.phone.manner = manner;
      await does(parley, supervisor, 'coach', { conversation_id: id, to: agent.name });
      await parley.untilState(supervisor, 'idle');
      supervisor.phone.manner = { answerAfter: 0 };
      if (manner === 'ring') await (await supervisor.phone.incoming()).ended();
      await Promise.all([customer.hears([AGENT]), leg.hears([CALLER])]);
      expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 1 });
      await customer.hangUp();
      await leg.ended();
    },
  );

  test('who hangs up on the phone, is gone, and the talk goes on', async () => {
    const { customer, leg, coach } = await coached();
    await coach.hangUp();
    await Promise.all([customer.hears([AGENT]), leg.hears([CALLER])]);
    await customer.hangUp();
    await leg.ended();
  });

  test('whose agent hangs up while the phone of the coach rings, has it stopped', async () => {
    const { id, customer, leg } = await aTalk(parley, agent);
    supervisor.phone.manner = 'ring';
    await does(parley, supervisor, 'coach', { conversation_id: id, to: agent.name });
    const ringing = await supervisor.phone.incoming();
    await leg.hangUp();
    await Promise.all([ringing.ended(), customer.ended()]);
    supervisor.phone.manner = { answerAfter: 0 };
  });

  test('who coached nobody there, or is not in it, is refused, and nothing changes', async () => {
    const { id, customer, leg } = await aTalk(parley, agent);
    const coach = async (to: string): Promise<unknown> =>
      parley.request('POST', `agent/${supervisor.name}/coach`, { conversation_id: id, to });
    expect(await coach(colleague.name)).toMatchObject({ status: 409, code: '040503' });
    expect(await coach('nobody')).toMatchObject({ status: 404, code: '040202' });
    expect(await coach(supervisor.name)).toMatchObject({ status: 400, code: '000001' });
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 1 });
    await customer.hangUp();
    await leg.ended();
  });
});
