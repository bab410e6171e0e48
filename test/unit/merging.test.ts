import type { AgentName, ConversationId, PhoneNumber } from '../../src/domain/ids';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { callOut, coach, enter, merge, setMode } from '../support/agent-operations';
import { aCallForAnn, aSupervisedTalk, aTalk, twoTalks } from '../support/agent-talks';
import {
  ANN,
  answered,
  BOB,
  CAL,
  dissolve,
  ended,
  hungUp,
  inviteAgent,
  inviteOut,
  now,
  OTHER_APP,
  released,
} from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { anId, doing, only } from '../support/worlds';

afterEach(everybodyHangsUp);

const CALLER = '13900000001';
const NUMBER = '13700000000';

/** Ann is in both; Bob talks with the number where she does. */
function withBob() {
  const talks = twoTalks();
  talks.day.take(inviteAgent(talks.talk, agentEnqueue(BOB)));
  talks.day.take(answered(talks.day.leg(BOB)));
  return { ...talks, day: talks.day.forget() };
}

describe('two conversations of an agent become one', () => {
  test('given it talks in the one that ends, it talks on with all in the other one', () => {
    const { day, caller, number, held, talk } = twoTalks();

    const { answer, effects } = day.take(merge(ANN, { into: held, from: talk }));

    expect(answer).toBeNull();
    expect(day.told).toEqual(['exit ann', 'parts_changed', 'end dismiss']);
    expect(day.modes(held)).toEqual({ [CALLER]: 1, ann: 1, [NUMBER]: 1 });
    expect([caller, number, day.leg(ANN)].map((each) => day.audio(each))).toEqual(['talks', 'talks', 'talks']);
    expect(hungUp(effects)).toEqual([]);
    expect(effects.at(-1)).toEqual({ do: 'close-bridge', bridgeId: talk.bridgeId });
    expect(day.conversation().id).toBe(held.id);
  });

  test('given it talks in the one that goes on, the caller comes to it', () => {
    const { day, caller, held, talk } = twoTalks();

    expect(day.events(merge(ANN, { into: talk, from: held }))).toEqual([
      'exit ann',
      'parts_changed',
      'end dismiss',
    ]);

    expect(day.modes(talk)).toEqual({ ann: 1, [NUMBER]: 1, [CALLER]: 1 });
    expect(released(day.take(ended(day.leg(ANN))).effects)).toBeUndefined();
    expect(day.audio(caller)).toBe('talks');
  });

  test('given another agent there, it goes over, and both are told', () => {
    const { day, held, talk } = withBob();

    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.told).toEqual(['exit ann', 'exit bob', 'enter bob', 'parts_changed', 'end dismiss']);
    expect(day.toldInFull.slice(0, 4)).toMatchObject([
      { conversationId: talk.id },
      { conversationId: talk.id },
      { conversationId: held.id },
      { id: held.id },
    ]);
  });

  test.each([1, 2, 3, 4] as const)('given mode %d, those who go over have it, and nobody else', (mode) => {
    const { day, number, held, talk } = withBob();

    day.take(merge(ANN, { into: held, from: talk }, mode));

    expect(day.modes(held)).toEqual({ [CALLER]: 1, ann: 1, [NUMBER]: mode, bob: mode });
    expect(day.audio(number)).toBe({ 1: 'talks', 2: 'listens', 3: 'silence', 4: 'silence' }[mode]);
  });

  test('given the agent is on hold in both, it stays so in the one', () => {
    const { day, caller, held, talk } = twoTalks();
    day.take(setMode(ANN, talk, 4));

    day.take(merge(ANN, { into: held, from: talk }));

    expect([day.modes(held).ann, day.audio(caller)]).toEqual([4, 'talks']);
  });

  test('given it may only listen in the one that ends, so it does in the other one', () => {
    const { day, held, talk } = twoTalks();
    day.take(setMode(ANN, talk, 2));

    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.modes(held).ann).toBe(2);
  });

  test('given the agent leaves afterwards, the others talk on, and the caller comes back as of the one', () => {
    const { day, caller, number, held, talk } = twoTalks();
    day.take(merge(ANN, { into: talk, from: held }));
    expect(day.forget().events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'parts_changed',
      'state_changed ann talking>idle',
    ]);
    expect(day.audio(caller)).toBe('talks');

    expect(released(day.take(ended(number)).effects)).toMatchObject({ PARLEY_CONVERSATION_ID: talk.id });
  });

  test('given a number and an agent were on their way to the one that ends, they are called off', () => {
    const { day, held, talk } = twoTalks();
    day.take(inviteOut(talk));
    const number = day.number();
    day.take(inviteAgent(talk, agentEnqueue(BOB)));
    const bob = day.leg(BOB);

    const { effects } = day.forget().take(merge(ANN, { into: held, from: talk }));

    expect(hungUp(effects)).toEqual([number.channelId, bob.channelId]);
    expect(day.told).toEqual(['exit ann', 'parts_changed', 'queue.fail cancel', 'end dismiss']);
    expect(day.settle()).toEqual(['state_changed bob fetching>idle']);
  });

  test('given those who are on their way to the one that goes on, they join it', () => {
    const { day, held, talk } = twoTalks();
    day.take(inviteOut(held));
    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.forget().events(answered(day.number()))).toEqual(['parts_changed']);
  });
});

describe('who is in both', () => {
  /** Bob is in both too, and on hold where Ann talks. */
  function bobInBoth() {
    const talks = withBob();
    talks.day.take(enter(BOB, talks.held));
    return { ...talks, day: talks.day.forget() };
  }

  test('given another agent is, it leaves the one and has the mode in the other', () => {
    const { day, held, talk } = bobInBoth();

    expect(day.events(merge(ANN, { into: held, from: talk }, 3))).toEqual([
      'exit ann',
      'exit bob',
      'parts_changed',
      'end dismiss',
    ]);
    expect(day.modes(held)).toEqual({ [CALLER]: 1, ann: 1, bob: 3, [NUMBER]: 3 });
  });

  test('given it only listened in the one that ends, it is in the other one what it was there', () => {
    const { day, held, talk } = twoTalks();
    day.take(inviteAgent(held, agentEnqueue(CAL)));
    day.take(answered(day.leg(CAL)));
    day.take(enter(CAL, talk, 2));
    day.take(setMode(CAL, held, 1));

    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.modes(held)).toMatchObject({ cal: 1 });
  });
});

describe('supervisors go over', () => {
  test('given one listens, it listens on and counts no more than before', () => {
    const { day, held, talk } = twoTalks();
    day.take(enter(CAL, talk, 2));
    day.take(answered(day.leg(CAL)));

    day.take(merge(ANN, { into: held, from: talk }));

    expect([day.modes(held).cal, day.audio(day.leg(CAL))]).toEqual([2, 'listens']);
    expect(now(day.world, 'conversations', held).members.at(-1)!.role).toMatchObject({ as: 'supervisor' });
  });

  test('given one is on hold because it talks elsewhere, it talks on there', () => {
    const { day, held, talk } = twoTalks();
    day.take(enter(CAL, talk, 2));
    day.take(answered(day.leg(CAL)));
    const { answer } = day.take(callOut(CAL, { to: '13700000001' as PhoneNumber }));

    day.take(merge(ANN, { into: held, from: talk }));

    expect([day.modes(held).cal, day.modes({ id: answer.conversationId }).cal]).toEqual([4, 1]);
  });

  test('given one coaches the agent, it coaches on in the other one', () => {
    const { day, held, talk } = twoTalks();
    day.take(coach(CAL, talk, ANN));
    day.take(answered(day.leg(CAL)));
    day.take(answered(day.ear()));
    const first = day.ear();

    const { effects } = day.take(merge(ANN, { into: held, from: talk }));

    expect(hungUp(effects)).toEqual([first.channelId]);
    expect(doing(effects, 'snoop')).toMatchObject([{ on: day.leg(ANN).channelId }]);
    day.settle();
    day.take(answered(day.ear()));
    expect([day.audio(day.leg(CAL)), day.modes(held).cal]).toEqual(['whispers', 2]);
  });

  /** Cal has barged in where the caller is left, and is on hold there. */
  function theCallerAndCal() {
    const { day, caller, conversation: into } = aSupervisedTalk();
    day.take(setMode(CAL, into, 1));
    day.take(ended(day.leg(ANN)));
    day.take(callOut(CAL));
    const from = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
    return { day: day.forget(), caller, into, from };
  }

  test('given one had barged in and listens again by it, those who come talk on', () => {
    const { day, caller, into, from } = theCallerAndCal();
    day.take(answered(day.number()));
    day.take(setMode(CAL, from, 2));

    expect(day.forget().events(merge(CAL, { into, from }))).toEqual(['exit cal', 'parts_changed', 'end dismiss']);

    expect(day.modes(into)).toEqual({ [CALLER]: 1, cal: 2, [NUMBER]: 1 });
    expect(day.events(ended(caller))).toEqual(['exit cal', 'end dismiss']);
  });

  test('given one had barged in and listens again by it, and nobody comes, both end', () => {
    const { day, into, from } = theCallerAndCal();
    day.take(setMode(CAL, from, 2));

    expect(day.forget().events(merge(CAL, { into, from }))).toEqual([
      'exit cal',
      'parts_changed',
      'exit cal',
      'end dismiss',
    ]);

    day.settle();
    day.expectNothingLeft();
  });

  test('given its phone still rings, it stops', () => {
    const { day, held, talk } = twoTalks();
    day.take(enter(CAL, talk, 2));
    const leg = day.leg(CAL);

    expect(hungUp(day.take(merge(ANN, { into: held, from: talk })).effects)).toEqual([leg.channelId]);
    day.settle();
    expect(day.states()).toMatchObject({ cal: 'idle' });
  });
});

describe('before anybody talks', () => {
  test('given the number that is called out to still rings, it is called off and the agent talks to the caller', () => {
    const { day, caller, conversation } = aTalk();
    const { answer } = day.take(callOut(ANN));
    const number = day.number();

    const { effects } = day.forget().take(merge(ANN, { into: conversation, from: { id: answer.conversationId } }));

    expect(hungUp(effects)).toEqual([number.channelId]);
    expect(day.told).toEqual(['exit ann', 'parts_changed']); // What never began ends silently.
    expect(day.audio(caller)).toBe('talks');
  });

  test('given the caller comes to a call that rings, that has begun', () => {
    const { day, caller, conversation } = aTalk();
    const { answer } = day.take(callOut(ANN));

    expect(day.forget().events(merge(ANN, { into: { id: answer.conversationId }, from: conversation }))).toEqual([
      'begin',
      'exit ann',
      'parts_changed',
      'end dismiss',
    ]);
    expect(day.events(answered(day.number()))).toEqual(['parts_changed']);
    expect(day.audio(caller)).toBe('talks');
  });

  test('given a caller whose agent rings, to whom somebody listens, it is connected and the agent is called off', () => {
    const { day, caller, conversation } = aCallForAnn();
    day.take(callOut(BOB));
    day.take(answered(day.leg(BOB)));
    day.take(answered(day.number()));
    const own = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
    day.take(enter(BOB, conversation, 2));

    day.forget().take(merge(BOB, { into: own, from: conversation }));

    expect(day.told).toEqual(['exit bob', 'parts_changed', 'queue.fail cancel']);
    expect(day.modes(own)).toEqual({ bob: 2, [NUMBER]: 1, [CALLER]: 1 });
    expect(now(day.world, 'calls', caller).stage.at).toBe('up');
    expect(day.settle()).toEqual(['state_changed ann fetching>idle']);
  });
});

describe('merging is refused', () => {
  test('given one and the same, or one that is not there', () => {
    const { day, held, talk } = twoTalks();

    expect(day.refusal(merge(ANN, { into: held, from: held }))).toBe('parameter-illegal');
    expect(day.refusal(merge(ANN, { into: { id: anId<ConversationId>() }, from: talk }))).toBe(
      'conversation-not-found',
    );
    expect(day.refusal(merge(ANN, { into: talk, from: { id: anId<ConversationId>() } }))).toBe(
      'conversation-not-found',
    );
    day.take(dissolve(held));
    expect(day.refusal(merge(ANN, { into: talk, from: held }))).toBe('conversation-not-found');
  });

  test('given the agent is not there, is in one only, or another application asks', () => {
    const { day, held, talk } = withBob();

    expect(day.refusal(merge('nobody' as AgentName, { into: held, from: talk }))).toBe('agent-not-found');
    expect(day.refusal(merge(BOB, { into: held, from: talk }))).toBe('not-a-member');
    expect(day.refusal(merge(BOB, { into: talk, from: held }))).toBe('not-a-member');
    expect(day.refusal(merge(CAL, { into: talk, from: held }))).toBe('not-a-member');
    expect(day.refusal({ ...merge(ANN, { into: talk, from: held }), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given there is no seat for all, with those who are on their way', () => {
    const { day, held, talk } = withBob(); // Two go over.
    for (let more = 0; more < 5; more++) day.take(inviteOut(held));

    expect(day.refusal(merge(ANN, { into: held, from: talk }))).toBe('conversation-full');

    const ringing = [...day.world.calls.values()].find(({ stage }) => stage.at === 'ringing')!;
    day.take(ended(ringing, 17));
    day.take(merge(ANN, { into: held, from: talk }));
    expect(Object.keys(day.modes(held))).toHaveLength(4);
  });

  test('given conversation_level 1, nobody comes over', () => {
    const { day, held, talk } = twoTalks({ conversationLevel: 1 });

    expect(day.refusal(merge(ANN, { into: held, from: talk }))).toBe('conversation-full');
  });
});
