import type { Call } from '../../scripts/phone-farm/call';
import { Parley, type AgentAtPhone } from './parley';

const CUSTOMER = '13900000001';
/** More callers than it takes, unless there is no chance in it: one in 10^11 that it fails without a reason. */
const MOST_CALLERS = 40;
/** Q.850: someone else has taken the call, so the phone lists none as missed. */
const ANSWERED_ELSEWHERE = 26;
const HANDS_ON = { answerAfter: 0 } as const;

const plan = (choice: string, skill: string): string =>
  `<enqueue choice="${choice}"><route><skill name="${skill}"/></route></enqueue>`;

let parley: Parley;
let agents: readonly AgentAtPhone[];
beforeAll(async () => {
  parley = await Parley.start({
    plans: {
      random: plan('random', 'desk'),
      lru: plan('lru', 'desk'),
      order: plan('order', 'desk'),
      all: plan('all', 'desk'),
      best: plan('order', 'expert'),
      allbest: plan('all', 'expert'),
    },
  });
  // One after the other: among equals, who logged in first is the first in order.
  const scores = [5, 9, 9];
  const found: AgentAtPhone[] = [];
  for (const [index, tone] of ([700, 1000, 1300] as const).entries()) {
    const skills = [
      { name: 'desk', enabled: true },
      { name: 'expert', score: scores[index]!, enabled: true },
    ];
    found.push(await parley.agentAtPhone(tone, { skills }));
  }
  agents = found;
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(() => agents.forEach(({ phone }) => (phone.manner = HANDS_ON)));
afterEach(async () => {
  await parley.untilNothingIsLeft();
  for (const agent of agents) await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
});

type Talk = { readonly caller: Call; readonly leg: Call; readonly agent: number };

/** A caller, and which agent has got it. */
async function aTalk(to: string): Promise<Talk> {
  const before = agents.map(({ phone }) => phone.calls.length);
  const caller = await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
  const agent = await parley.until(async () => {
    const index = agents.findIndex(({ phone }, each) => phone.calls.length > before[each]!);
    return index === -1 ? undefined : { index };
  }, 'an agent is rung');
  const leg = await agents[agent.index]!.phone.incoming();
  await Promise.all([leg.answered(), caller.answered()]);
  await parley.untilState(agents[agent.index]!, 'talking');
  return { caller, leg, agent: agent.index };
}

async function end({ caller, leg, agent }: Talk): Promise<void> {
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agents[agent]!, 'idle');
}

/** One caller after the other; who has got them. */
async function served(to: string, callers: number): Promise<readonly number[]> {
  const takers: number[] = [];
  for (let count = 0; count < callers; count++) {
    const talk = await aTalk(to);
    takers.push(talk.agent);
    await end(talk);
  }
  return takers;
}

test('random: everybody gets some, and now and then the same one twice', async () => {
  const takers: number[] = [];
  const isTwice = (taker: number, index: number): boolean => taker === takers[index - 1];
  while (new Set(takers).size < agents.length || !takers.some(isTwice)) {
    expect(takers.length).toBeLessThan(MOST_CALLERS);
    takers.push(...(await served('91random', 1)));
  }
});

test('lru: whoever has been without a conversation for the longest time, whatever the order before', async () => {
  const talks = [await aTalk('91lru'), await aTalk('91lru'), await aTalk('91lru')];
  const byAgent = [...talks].sort((one, other) => one.agent - other.agent);
  const [first, second, third] = byAgent as [Talk, Talk, Talk];
  await end(second);
  await end(third);
  await end(first);
  expect(await served('91lru', 6)).toEqual([1, 2, 0, 1, 2, 0]);
});

test('order: the first of those who are free, again and again', async () => {
  expect(await served('91order', 3)).toEqual([0, 0, 0]);
  const first = await aTalk('91order');
  expect(await served('91order', 2)).toEqual([1, 1]);
  await end(first);
});

test('order: a higher score comes first, and among equals who logged in first', async () => {
  const talks = [await aTalk('91best'), await aTalk('91best'), await aTalk('91best')];
  expect(talks.map(({ agent }) => agent)).toEqual([1, 2, 0]);
  for (const talk of talks) await end(talk);
});

test('all: everybody rings, the first to answer has the call, and no other phone lists one as missed', async () => {
  agents.forEach(({ phone }) => (phone.manner = 'ring'));
  for (const winner of [2, 0]) {
    const caller = await parley.farm.call({ from: CUSTOMER, to: '91all', tone: 400 });
    const legs = await Promise.all(agents.map(({ phone }) => phone.incoming()));
    expect(await Promise.all(agents.map((agent) => parley.state(agent)))).toEqual(agents.map(() => 'fetching'));
    const won = legs[winner]!;
    const lost = legs.filter((leg) => leg !== won);
    await won.answer();

    const ends = await Promise.all(lost.map((leg) => leg.ended()));
    expect(ends.map(({ cause, byUs }) => ({ cause, byUs }))).toEqual(
      lost.map(() => ({ cause: ANSWERED_ELSEWHERE, byUs: false })),
    );
    await Promise.all([caller.hears([agents[winner]!.phone.tone]), won.hears([400])]);
    // They have missed nothing: they are free for the next call at once.
    for (const [index, agent] of agents.entries()) if (index !== winner) await parley.untilState(agent, 'idle');
    const { members } = await parley.conversationOf(agents[winner]!);
    expect(members).toHaveLength(2);
    await end({ caller, leg: won, agent: winner });
  }
});

test('all: only the best ring; one who declines does not end it for the other', async () => {
  agents.forEach(({ phone }) => (phone.manner = 'ring'));
  const caller = await parley.farm.call({ from: CUSTOMER, to: '91allbest', tone: 400 });
  const [one, two] = await Promise.all([agents[1]!.phone.incoming(), agents[2]!.phone.incoming()]);
  expect(await parley.state(agents[0]!)).toBe('idle');
  await one.decline();
  await two.answer();
  await Promise.all([caller.hears([1300]), two.hears([400])]);
  await end({ caller, leg: two, agent: 2 });
});
