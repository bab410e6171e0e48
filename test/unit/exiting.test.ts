import type { AgentName } from '../../src/domain/ids';
import { callOut, exit } from '../support/agent-operations';
import { aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import {
  ANN,
  answered,
  BOB,
  dissolve,
  ended,
  hungUp,
  inviteOut,
  now,
  OTHER_APP,
  released,
} from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { doing } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('an agent leaves a conversation', () => {
  test('given enough others talk on, its phone is on hook, and it is free when that is so', () => {
    const { day, caller, conversation } = aTalkOfThree({ reserveState: 'busy/paperwork' });
    const leg = day.leg(ANN);

    const { answer, effects } = day.take(exit(ANN, conversation));

    expect(answer).toBeNull();
    expect(day.told).toEqual(['exit ann', 'parts_changed']);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(day.states()).toMatchObject({ ann: 'talking' });
    expect(day.settle()).toEqual(['state_changed ann talking>busy/paperwork']);
    expect([day.audio(caller), day.audio(day.leg(BOB))]).toEqual(['talks', 'talks']);
  });

  test('given only the caller is left, it ends: out of the bridge go both before that is closed', () => {
    const { day, caller, conversation } = aTalk();
    const { bridgeId } = conversation;
    const leg = day.leg(ANN);

    const { effects } = day.take(exit(ANN, conversation));

    expect(day.told).toEqual(['exit ann', 'end dismiss']);
    expect(effects).toEqual([
      { do: 'hang-up', channelId: leg.channelId, from: bridgeId },
      { do: 'release', channelId: caller.channelId, from: bridgeId, variables: expect.anything() },
      { do: 'close-bridge', bridgeId },
    ]);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_AGENT: ANN });
    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
    day.expectNothingLeft();
  });

  test('given it is on hold in another one, its leg stays, out of the bridge before that is closed', () => {
    const { day, number, held, talk } = twoTalks();
    const leg = day.leg(ANN);

    const { effects } = day.take(exit(ANN, talk));

    expect(day.told).toEqual(['exit ann', 'end dismiss']);
    expect(hungUp(effects)).toEqual([number.channelId]);
    expect(doing(effects, 'place')).toMatchObject([{ channelId: leg.channelId, placement: { bridgeId: null } }]);
    expect(effects.at(-1)).toEqual({ do: 'close-bridge', bridgeId: talk.bridgeId });
    expect(day.modes(held).ann).toBe(4);
    expect(day.states()).toMatchObject({ ann: 'talking' });
  });

  test('given it leaves where it is on hold, it talks on where it talks', () => {
    const { day, number, held, talk } = twoTalks();

    const { effects } = day.take(exit(ANN, held));

    expect(day.told).toEqual(['exit ann', 'end dismiss']);
    expect(hungUp(effects)).toEqual([]);
    expect(released(effects)).toMatchObject({ PARLEY_CONVERSATION_ID: held.id });
    expect([day.audio(number), day.audio(day.leg(ANN)), day.modes(talk).ann]).toEqual(['talks', 'talks', 1]);
  });

  test('given it leaves one after the other, its phone is on hook after the last', () => {
    const { day, held, talk } = twoTalks();

    expect(day.events(exit(ANN, held), exit(ANN, talk))).toEqual([
      'exit ann',
      'end dismiss',
      'exit ann',
      'end dismiss',
    ]);
    day.settle();
    day.expectNothingLeft();
  });

  test('given a number rings that is to join, the caller waits for it', () => {
    const { day, caller, conversation } = aTalk();
    day.take(inviteOut(conversation));

    expect(day.events(exit(ANN, conversation))).toEqual(['exit ann', 'parts_changed']);
    expect(day.events(answered(day.number()))).toEqual(['parts_changed']);
    expect(day.audio(caller)).toBe('talks');
  });

  test('given it leaves a call of its own while the number rings, that stops', () => {
    const { day, conversation } = aTalk();
    const { answer } = day.take(callOut(ANN));
    const number = day.number();

    const { effects } = day.forget().take(exit(ANN, { id: answer.conversationId }));

    expect(day.told).toEqual(['exit ann']); // It never began.
    expect(hungUp(effects)).toEqual([number.channelId]);
    expect(day.modes(conversation).ann).toBe(4);
  });

  test('given it has left, its record has both times, and it may not leave again', () => {
    const { day, conversation } = aTalkOfThree();
    day.pass(9).take(exit(ANN, conversation));

    const { members } = now(day.world, 'conversations', conversation);
    expect(members.find(({ party }) => party.kind === 'agent' && party.name === ANN)?.until).not.toBeNull();
    expect(day.refusal(exit(ANN, conversation))).toBe('not-a-member');
  });
});

describe('leaving is refused', () => {
  test('given an agent that is not there, one that is not in it, or another application’s', () => {
    const { day, conversation } = aTalk();

    expect(day.refusal(exit('nobody' as AgentName, conversation))).toBe('agent-not-found');
    expect(day.refusal(exit(BOB, conversation))).toBe('not-a-member');
    expect(day.refusal({ ...exit(ANN, conversation), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given it has ended', () => {
    const { day, caller, conversation } = aTalk();
    day.take(ended(caller));

    expect(day.refusal(exit(ANN, conversation))).toBe('conversation-not-found');
  });

  test('given it was dissolved', () => {
    const { day, conversation } = aTalk();
    day.take(dissolve(conversation));

    expect(day.refusal(exit(ANN, conversation))).toBe('conversation-not-found');
  });
});
