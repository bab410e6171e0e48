import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type { Effect } from '../../src/domain/effect';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { coach, enter, exit, merge, setMode } from '../support/agent-operations';
import { aCallForAnn, aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, ended, inviteAgent, now } from '../support/happenings';
import { everybodyHangsUp, type Day } from '../support/watched-day';
import { doing } from '../support/worlds';

afterEach(everybodyHangsUp);

/** What is done with bridges and with who sits in them, without what is heard there. */
function seating(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.do === 'open-bridge') return `open ${effect.kind} ${effect.bridgeId}`;
    if (effect.do === 'close-bridge') return `close ${effect.bridgeId}`;
    if (effect.do !== 'place') return [];
    return `${effect.channelId}: ${effect.from} > ${effect.placement.bridgeId}`;
  });
}

const bridgeOf = (day: Day, conversation: Conversation) => now(day.world, 'conversations', conversation);

test('given a caller and an agent, their bridge is for a pair from the first to the last', () => {
  const { day, conversation } = aCallForAnn();
  const { effects } = day.take(answered(day.leg(ANN)));

  expect(bridgeOf(day, conversation)).toMatchObject({ bridgeId: conversation.bridgeId, bridgeKind: 'pair' });
  expect([...doing(effects, 'open-bridge'), ...doing(effects, 'close-bridge')]).toEqual([]);
});

describe('given a pair that talks', () => {
  test('as soon as another agent is looked for, both move to a bridge that mixes, and the agent joins them there', () => {
    const { day, caller, conversation } = aTalk();
    const { bridgeId: pair } = conversation;

    const { effects } = day.take(inviteAgent(conversation, agentEnqueue(BOB)));

    const { bridgeId: mixing, bridgeKind } = bridgeOf(day, conversation);
    expect(bridgeKind).toBe('mixing');
    expect(seating(effects)).toEqual([
      `open mixing ${mixing}`,
      `${caller.channelId}: ${pair} > ${mixing}`,
      `${day.leg(ANN).channelId}: ${pair} > ${mixing}`,
      `close ${pair}`,
    ]);
    const bob = day.leg(BOB).channelId;
    expect(seating(day.take(answered(day.leg(BOB))).effects)).toEqual([`${bob}: null > ${mixing}`]);
  });

  test('it mixes on when nobody comes, and when the third has left', () => {
    const { day, conversation } = aTalk();
    day.take(inviteAgent(conversation, agentEnqueue(BOB)));
    day.take(ended(day.leg(BOB), 17));
    const { bridgeId } = bridgeOf(day, conversation);
    expect(bridgeOf(day, conversation).bridgeKind).toBe('mixing');

    const { day: other, conversation: talk } = aTalkOfThree();
    const before = bridgeOf(other, talk).bridgeId;
    other.take(exit(BOB, talk));
    expect(bridgeOf(other, talk)).toMatchObject({ bridgeId: before, bridgeKind: 'mixing' });
    expect(before).not.toBe(bridgeId);
  });

  test.each([
    ['listens', enter],
    ['coaches', (name: typeof CAL, talk: Conversation) => coach(name, talk, ANN)],
  ] as const)('whoever %s makes three, too', (_what, comes) => {
    const { day, conversation } = aTalk();

    const { effects } = day.take(comes(CAL, conversation));

    expect(doing(effects, 'open-bridge').map(({ kind }) => kind)).toEqual(['mixing']);
  });

  test('who is on hold counts, for he is to be taken back', () => {
    const { day, conversation } = aTalk();
    day.take(setMode(ANN, conversation, 4));

    const { effects } = day.take(inviteAgent(conversation, agentEnqueue(BOB)));

    expect(doing(effects, 'open-bridge').map(({ kind }) => kind)).toEqual(['mixing']);
  });
});

test('given two pairs that become one conversation of three, all of them sit in one bridge that mixes', () => {
  const { day, caller, number, held: into, talk: from } = twoTalks();

  const { effects } = day.take(merge(ANN, { into, from }));

  const { bridgeId } = bridgeOf(day, into);
  expect(seating(effects)).toContain(`open mixing ${bridgeId}`);
  expect(seating(effects).at(-1)).toBe(`close ${from.bridgeId}`);
  expect([caller, number, day.leg(ANN)].map(({ id }) => day.world.calls.get(id)!.placement!.bridgeId)).toEqual([
    bridgeId,
    bridgeId,
    bridgeId,
  ]);
});

test('given a number to announce, the bridge mixes before anybody sits in it', () => {
  const { day, caller, conversation } = aCallForAnn({ playNum: true, preNumVoice: 'number' as Sound });

  const { effects } = day.take(answered(day.leg(ANN)));

  const { bridgeId } = bridgeOf(day, conversation);
  expect(seating(effects)).toEqual([
    `open mixing ${bridgeId}`,
    `close ${conversation.bridgeId}`,
    `${caller.channelId}: null > ${bridgeId}`,
    `${day.leg(ANN).channelId}: null > ${bridgeId}`,
  ]);
  expect(doing(effects, 'announce')).toMatchObject([{ bridgeId }]);
});
