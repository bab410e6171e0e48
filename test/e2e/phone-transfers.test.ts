import type { Call } from '../../scripts/phone-farm/call';
import { aTalk } from './floor';
import { Parley, type AgentAtPhone } from './parley';

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

/** Those who are in it now: agents by their names, others as `outside`. */
async function whoIsIn(id: string): Promise<readonly string[]> {
  const { members } = await parley.conversation(id);
  return members
    .filter(({ end_time }) => end_time === null)
    .map((member) => ('name' in member ? member.name : 'outside'));
}

const OTHER_WAYS = [
  ['', false],
  [' that holds before it asks', true],
] as const;

describe('given an agent’s phone that hands its call on (REFER)', () => {
  test.each(OTHER_WAYS)('to another agent%s: that one is rung, and talks with the customer', async (_, holds) => {
    const { customer, leg, id } = await aTalk(parley, ann);
    if (holds) {
      await leg.hold();
      await customer.hearsMusic();
    }
    expect(await leg.refer(`7${bob.name}`)).toBe(0);
    await parley.untilState(ann, 'idle');
    const atBob = await bob.phone.incoming();
    await customer.hearsMusic();
    await atBob.answer();
    await Promise.all([customer.hears([1300]), atBob.hears([400])]);

    expect(await whoIsIn(id)).toEqual(['outside', 'outside']);
    expect(await parley.state(bob)).toBe('talking');
    await (holds ? atBob : customer).hangUp();
    await Promise.all([customer.ended(), atBob.ended()]);
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });

  test('to another agent, and somebody is called in then: all three hear each other, before and after', async () => {
    const line = parley.farm.outside('13800000077', { tone: 1000 });
    const { customer, leg, id } = await aTalk(parley, ann);
    expect(await leg.refer(`7${bob.name}`)).toBe(0);
    const atBob = await answered(bob);
    await Promise.all([customer.hears([1300]), atBob.hears([400])]);

    await parley.post(`conversation/${id}/invite_out`, { to: line.number, max_answer_seconds: 60 });
    const third = await line.incoming();
    await Promise.all([customer.hears([1300]), atBob.hears([400])]);
    await third.answer();
    await Promise.all([customer.hears([1000, 1300]), atBob.hears([400, 1000]), third.hears([400, 1300])]);

    await customer.hangUp();
    await Promise.all([third.hears([1300]), atBob.hears([1000])]);
    await third.hangUp();
    await atBob.ended();
  });

  test('to a number that its phone cannot dial, it is refused (404), and nothing changes', async () => {
    const { customer, leg, id } = await aTalk(parley, ann);
    expect(await leg.refer('13800000000')).toBe(404);
    await Promise.all([leg.hears([400]), customer.hears([700])]);
    expect([await whoIsIn(id), await parley.state(ann)]).toEqual([['outside', ann.name], 'talking']);
    await customer.hangUp();
    await leg.ended();
  });

  test.each(OTHER_WAYS)('to whom it talks to on its second line%s: they talk', async (_, holds) => {
    const { customer, leg, id } = await aTalk(parley, ann);
    if (holds) {
      await leg.hold();
      await customer.hearsMusic();
    }
    const { call, atBob } = await consultation();
    expect(await leg.refer(call)).toBe(0);
    await Promise.all([customer.hears([1300]), atBob.hears([400]), call.ended()]);
    await parley.untilState(ann, 'idle');

    expect(await whoIsIn(id)).toEqual(['outside', 'outside']);
    await (holds ? customer : atBob).hangUp();
    await Promise.all([customer.ended(), atBob.ended()]);
  });

  test('to whom its second line still waits for: they talk as soon as that one answers', async () => {
    const { customer, leg } = await aTalk(parley, ann);
    const call = await ann.phone.call(`7${bob.name}`);
    const atBob = await bob.phone.incoming();
    expect(await leg.refer(call)).toBe(0);
    await Promise.all([parley.untilState(ann, 'idle'), customer.hearsMusic()]);
    await atBob.answer();
    await Promise.all([customer.hears([1300]), atBob.hears([400])]);
    await customer.hangUp();
    await atBob.ended();
  });
});

describe('given somebody else whose phone hands its call on', () => {
  test('a caller at an agent’s phone: whoever is reached goes on as the same caller', async () => {
    const { call, atBob } = await consultation();
    const { id, members } = await parley.conversationOf(bob);
    expect(await call.refer(`7${ann.name}`)).toBe(0);
    const leg = await answered(ann);
    await Promise.all([leg.hears([1300]), atBob.hears([700])]);
    expect((await parley.conversation(id)).members).toEqual(members);
    await atBob.hangUp();
    await leg.ended();
  });

  test('a party outside, over the trunk: it is refused (603), and all goes on as it was', async () => {
    const { customer, leg } = await aTalk(parley, ann);
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
    const { customer, leg, id } = await aTalk(parley, ann);
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
    const { customer, leg, id } = await aTalk(parley, ann);
    const taken = await parley.farm.call({ from: '13900000002', to: SOMEWHERE, tone: 1000, replaces: customer });
    await taken.answered();
    await customer.ended();
    await Promise.all([taken.hears([700]), leg.hears([1000])]);
    await taken.hangUp();
    await leg.ended();
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  });
});
