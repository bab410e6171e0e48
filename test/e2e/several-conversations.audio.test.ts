import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import type { Tone } from '../../scripts/phone-farm/tones';
import { aTalk, conversationsOf, CUSTOMER, does, enqueueFor, membersIn, untilAllIsQuiet } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const OUTSIDE = '13800000000';
const [AGENT, COLLEAGUE, NUMBER] = [700, 1000, 1300] as const;
/** High, so that no music is taken for it. */
const FIRST = 2200;

let parley: Parley;
let agent: AgentAtPhone;
let colleague: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start({ settings: { PARLEY_MISS_PAUSE_SECONDS: '0', PARLEY_OWN_RING_SECONDS: '3' } });
  agent = await parley.agentAtPhone(AGENT);
  colleague = await parley.agentAtPhone(COLLEAGUE, { manner: { answerAfter: 0 } });
  parley.farm.outside(OUTSIDE, { tone: NUMBER, manner: { answerAfter: 0 } });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => untilAllIsQuiet(parley, agent, colleague));

/** The agent calls somebody else meanwhile: it is in one conversation more, and talks there. */
async function andCalls(number: string, tone: Tone): Promise<{ readonly id: string; readonly callee: Call }> {
  const line = parley.farm.outside(number, { tone, manner: { answerAfter: 0 } });
  const { conversation_id: id } = await does(parley, agent, 'call_out', {
    to: number,
    max_answer_seconds: 120,
  });
  const callee = await line.incoming();
  await callee.hears([AGENT]);
  return { id, callee };
}

const goesTo = async (conversation_id: string): Promise<unknown> =>
  does(parley, agent, 'lsm', { conversation_id });

test('in three conversations at once, the agent is heard in one, the others hear the hold sound, and nine of ten switches are heard within 100 ms', async () => {
  const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
  const second = await andCalls('13800000001', 1600);
  const third = await andCalls('13800000002', 1900);
  const rooms: readonly { readonly id: string; readonly other: Call; readonly tone: Tone }[] = [
    { id, other: customer, tone: FIRST },
    { id: second.id, other: second.callee, tone: 1600 },
    { id: third.id, other: third.callee, tone: 1900 },
  ];
  const delays: number[] = [];
  let talking = rooms[2]!;
  for (const room of [0, 1, 2, 1, 0, 2, 0, 1, 2, 1].map((index) => rooms[index]!)) {
    const since = now();
    await goesTo(room.id);
    await Promise.all([
      leg.hears([room.tone]),
      ...rooms.map(({ id, other }) => (id === room.id ? other.hears([AGENT]) : other.hearsMusic())),
    ]);
    delays.push(
      leg.ear.firstHeard(room.tone, { since })! - since,
      room.other.ear.firstHeard(AGENT, { since })! - since,
      (talking.other.ear.lastHeard(AGENT, { since }) ?? since) - since,
      (leg.ear.lastHeard(talking.tone, { since }) ?? since) - since,
    );
    for (const { id } of rooms) {
      const modes = await membersIn(parley, id);
      expect(modes[agent.name]).toBe(id === room.id ? 1 : 4);
    }
    talking = room;
  }
  // Nobody has ever heard somebody of another conversation.
  const others = rooms.map(({ tone }) => tone);
  for (const { other, tone } of rooms) {
    const heard = other.ear.packets().filter(({ other: isMusic }) => !isMusic);
    expect(others.filter((each) => each !== tone && heard.some(({ tones }) => tones.includes(each)))).toEqual([]);
  }
  expect((await conversationsOf(parley, agent)).map((each) => each.id)).toEqual(rooms.map((each) => each.id));
  await Promise.all(rooms.map(({ other }) => other.hangUp()));
  await leg.ended();
  const sorted = delays.sort((one, other) => one - other);
  // Not the slowest, because the machine that runs this may be busy with something else for a moment.
  expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(100);
}, 60_000);

describe('while the customer is on hold and the agent asks a colleague', () => {
  async function consulted() {
    const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
    const { conversation_id } = await does(parley, agent, 'call_agent', {
      enqueue: enqueueFor(colleague.name),
    });
    const other = await colleague.phone.incoming();
    await Promise.all([leg.hears([COLLEAGUE]), other.hears([AGENT]), customer.hearsMusic()]);
    return { id, conversation_id, customer, leg, other };
  }

  test('the agent may bring both together, and go', async () => {
    const { id, conversation_id, customer, leg, other } = await consulted();
    await does(parley, agent, 'merge', { src_conversation_id: id, dst_conversation_id: conversation_id });
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE]),
      leg.hears([FIRST, COLLEAGUE]),
      other.hears([FIRST, AGENT]),
    ]);
    expect(await parley.conversation(conversation_id)).toMatchObject({
      state: 'completed',
      end_reason: 'dismiss',
    });
    expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 1, [colleague.name]: 1 });

    await does(parley, agent, 'exit', { conversation_id: id });
    await leg.ended();
    await Promise.all([customer.hears([COLLEAGUE]), other.hears([FIRST])]);
    await customer.hangUp();
    await other.ended();
  });

  test('the agent may leave the colleague and go back', async () => {
    const { id, conversation_id, customer, leg, other } = await consulted();
    await does(parley, agent, 'exit', { conversation_id });
    await other.ended();
    await Promise.all([leg.hearsNothing(), customer.hearsMusic()]);
    await goesTo(id);
    await Promise.all([customer.hears([AGENT]), leg.hears([FIRST])]);
    await customer.hangUp();
    await leg.ended();
  });

  test('the customer may hang up, and they talk on', async () => {
    const { id, customer, leg, other } = await consulted();
    await customer.hangUp();
    await parley.until(async () => (await parley.conversation(id)).state === 'completed', 'it has ended');
    await Promise.all([leg.hears([COLLEAGUE]), other.hears([AGENT])]);
    await other.hangUp();
    await leg.ended();
  });
});

test('a merge just as somebody leaves, whichever comes first, leaves nothing behind', async () => {
  const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
  const { id: second, callee } = await andCalls('13800000003', 1600);
  await Promise.all([
    callee.hangUp(),
    parley.request('POST', `agent/${agent.name}/merge`, { src_conversation_id: id, dst_conversation_id: second }),
  ]);
  await parley.until(async () => (await conversationsOf(parley, agent)).length === 1, 'one is left');
  await goesTo(id);
  await Promise.all([customer.hears([AGENT]), leg.hears([FIRST])]);
  await customer.hangUp();
  await leg.ended();
});

describe('a colleague who enters', () => {
  const enters = async (conversation_id: string, more: object = {}): Promise<unknown> =>
    does(parley, colleague, 'enter', { conversation_id, ...more });

  test('has the phone rung, and talks with both', async () => {
    const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
    await enters(id);
    const other = await colleague.phone.incoming();
    expect(other.from).toBe(CUSTOMER);
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE]),
      leg.hears([FIRST, COLLEAGUE]),
      other.hears([FIRST, AGENT]),
    ]);
    await leg.hangUp();
    await Promise.all([customer.hears([COLLEAGUE]), other.hears([FIRST])]);
    await other.hangUp();
    await customer.ended();
  });

  test.each([{ decline: 'busy' }, { decline: 'declined' }, 'ring'] as const)(
    'whose phone does not take it (%j), is not in it',
    async (manner) => {
      const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
      colleague.phone.manner = manner;
      await enters(id);
      await parley.untilState(colleague, 'idle');
      colleague.phone.manner = { answerAfter: 0 };
      if (manner === 'ring') await (await colleague.phone.incoming()).ended();
      await Promise.all([customer.hears([AGENT]), leg.hears([FIRST])]);
      expect(await membersIn(parley, id)).toEqual({ [CUSTOMER]: 1, [agent.name]: 1 });
      await customer.hangUp();
      await leg.ended();
    },
  );

  test('and the customer hangs up while the phone rings, it talks with the agent', async () => {
    const { customer, id, leg } = await aTalk(parley, agent, { tone: FIRST });
    colleague.phone.manner = 'ring';
    await enters(id);
    const other = await colleague.phone.incoming();
    await customer.hangUp();
    await other.answer();
    await Promise.all([leg.hears([COLLEAGUE]), other.hears([AGENT])]);
    colleague.phone.manner = { answerAfter: 0 };
    await leg.hangUp();
    await other.ended();
  });

  test('and exits while the phone still rings, is not in it yet; a dissolved conversation stops the ringing', async () => {
    const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
    colleague.phone.manner = 'ring';
    await enters(id);
    const other = await colleague.phone.incoming();
    const exit = await parley.request('POST', `agent/${colleague.name}/exit`, { conversation_id: id });
    expect(exit).toMatchObject({ status: 409, code: '040503' });
    await parley.delete(`conversation/${id}`);
    await Promise.all([customer, leg, other].map((each) => each.ended()));
    colleague.phone.manner = { answerAfter: 0 };
  });

  test.each([true, false])('from a talk of its own, with holding %s', async (holding) => {
    const { id, customer, leg } = await aTalk(parley, agent, { tone: FIRST });
    const own = await aTalk(parley, colleague, { tone: 1600 });
    await enters(id, { holding });
    await Promise.all([
      customer.hears([AGENT, COLLEAGUE]),
      leg.hears([FIRST, COLLEAGUE]),
      own.leg.hears([FIRST, AGENT]),
    ]);
    if (holding) {
      await own.customer.hearsMusic();
      expect(await membersIn(parley, own.id)).toMatchObject({ [colleague.name]: 4 });
      await does(parley, colleague, 'enter', { conversation_id: own.id, mode: 1 });
      await Promise.all([own.leg.hears([1600]), own.customer.hears([COLLEAGUE]), customer.hears([AGENT])]);
      await own.customer.hangUp();
      await own.leg.hangUp();
    } else {
      await own.customer.ended();
      expect(await parley.conversation(own.id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
      await own.leg.hangUp();
    }
    await customer.hangUp();
    await leg.ended();
  });
});
