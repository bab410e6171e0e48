import type { Call } from '../../scripts/phone-farm/call';
import type { AgentJson } from '../../src/adapters/http/agent-json';
import { Parley, type AgentAtPhone } from './parley';

const CUSTOMER = '13900000001';
/** Any number that exists: who takes over a call does not get there. */
const SOMEWHERE = '8000';

let parley: Parley;
let ann: AgentAtPhone;
let bob: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start();
  [ann, bob] = [await parley.agentAtPhone(700), await parley.agentAtPhone(1300)];
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => {
  await parley.untilNothingIsLeft();
  for (const agent of [ann, bob]) await parley.untilState(agent, 'idle');
});

/** A customer, who says 400 Hz, talks with Ann. */
async function aTalk() {
  const customer = await parley.farm.call({ from: CUSTOMER, to: `7${ann.name}`, tone: 400 });
  const leg = await answered(ann);
  await Promise.all([leg.hears([400]), customer.hears([700])]);
  const { id } = await parley.conversationOf(ann);
  return { customer, leg, id };
}

async function answered({ phone }: AgentAtPhone): Promise<Call> {
  const call = await phone.incoming();
  await call.answer();
  return call;
}

/** Ann's phone calls Bob as a customer would. */
async function consultation() {
  const call = await ann.phone.call(`7${bob.name}`);
  const atBob = await answered(bob);
  await Promise.all([call.hears([1300]), atBob.hears([700])]);
  return { call, atBob };
}

const conversationsOf = async ({ name }: AgentAtPhone) =>
  (await parley.get<AgentJson>(`agent/${name}`)).conversations;

describe('given an account of ours, what its phone asks for with REFER is refused, and all goes on as it was', () => {
  test.each([
    ['another agent', () => `7${bob.name}`],
    ['a number outside', () => '13800000000'],
  ])('a blind transfer to %s', async (_, to) => {
    const { customer, leg, id } = await aTalk();
    expect(await leg.refer(to())).toBe(603);
    await Promise.all([leg.hears([400]), customer.hears([700])]);
    expect(await conversationsOf(ann)).toEqual([id]);
    expect(await parley.state(bob)).toBe('idle');
    await customer.hangUp();
    await leg.ended();
  });

  test('a transfer to whom the agent talks to on its second line', async () => {
    const { customer, leg, id } = await aTalk();
    const { call, atBob } = await consultation();
    expect(await leg.refer(call)).toBe(603);
    await Promise.all([leg.hears([400]), customer.hears([700]), call.hears([1300]), atBob.hears([700])]);
    expect(await conversationsOf(ann)).toEqual([id]);
    await Promise.all([call.hangUp(), customer.hangUp()]);
    await Promise.all([leg.ended(), atBob.ended()]);
  });

  test('a transfer by an outside party, over the trunk', async () => {
    const { customer, leg } = await aTalk();
    expect(await customer.refer(`7${bob.name}`)).toBe(603);
    await Promise.all([leg.hears([400]), customer.hears([700])]);
    await customer.hangUp();
    await leg.ended();
  });
});

describe('given another phone that takes over a call (INVITE with Replaces)', () => {
  test.each([
    ['', false],
    [' that is on hold', true],
  ])('an agent’s call%s goes on there: the same member, in its mode, with its limits', async (_, isHeld) => {
    const { customer, leg, id } = await aTalk();
    if (isHeld) {
      await leg.hold();
      await customer.hearsMusic();
    }
    const before = (await parley.conversation(id)).members.at(-1)!;
    const taken = await bob.phone.call(SOMEWHERE, leg);
    await taken.answered();
    await leg.ended();
    await Promise.all([taken.hears([400]), customer.hears([1300])]);

    expect((await parley.conversation(id)).members.at(-1)).toEqual({ ...before, mode: 1 });
    expect([await parley.state(ann), await parley.state(bob)]).toEqual(['talking', 'idle']);
    await parley.post(`conversation/${id}/agent/${ann.name}/lsm`, { mode: 2 });
    await Promise.all([taken.hears([400]), customer.hearsNothing()]);
    await taken.hold();
    await customer.hearsMusic();
    await taken.resume();
    await Promise.all([taken.hears([400]), customer.hearsNothing()]);

    await taken.hangUp();
    await customer.ended();
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });

  test('a customer’s call goes on there, and ends there', async () => {
    const { customer, leg, id } = await aTalk();
    const taken = await parley.farm.call({ from: '13900000002', to: SOMEWHERE, tone: 1000, replaces: customer });
    await taken.answered();
    await customer.ended();
    await Promise.all([taken.hears([700]), leg.hears([1000])]);
    await taken.hangUp();
    await leg.ended();
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });
});

/** As an operator may have it: then the pair of channels that Asterisk puts in an agent's place takes part for it. */
describe('given an account that may transfer', () => {
  beforeAll(async () => parley.allowTransfers(ann));

  test('a blind transfer: the other agent is rung, talks with the customer, and in the end nothing is left', async () => {
    const { customer, leg } = await aTalk();
    expect(await leg.refer(`7${bob.name}`)).toBe(0);
    const atBob = await answered(bob);
    await Promise.all([customer.hears([1300]), atBob.hears([400])]);
    await customer.hangUp();
    await atBob.ended();
  });

  test('a transfer to the second line: they talk, and in the end nothing is left', async () => {
    const { customer, leg } = await aTalk();
    const { call, atBob } = await consultation();
    expect(await leg.refer(call)).toBe(0);
    await Promise.all([customer.hears([1300]), atBob.hears([400]), call.ended()]);
    await atBob.hangUp();
    await customer.ended();
  });

  test('a blind transfer to a number outside, or to nobody, is refused: nothing that agents dial reaches a trunk', async () => {
    const { customer, leg } = await aTalk();
    expect(await leg.refer('13800000000')).toBe(404);
    await Promise.all([leg.hears([400]), customer.hears([700])]);
    await customer.hangUp();
    await leg.ended();
  });
});
