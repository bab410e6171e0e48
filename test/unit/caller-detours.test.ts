import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { callAgent, callOut, exit, merge } from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aTalk } from '../support/agent-talks';
import { settingState } from '../support/conditions';
import {
  agentTarget,
  ANN,
  answered,
  aRingingAgent,
  BOB,
  due,
  ended,
  hungUp,
  inviteAgent,
  released,
  routing,
  told,
} from '../support/happenings';
import { seen } from '../support/phone-system-views';
import { after, doing, only, when } from '../support/worlds';

test('given a caller who has come over by a merge, it goes on with its own queue id and user data', () => {
  const { day, conversation: held } = aTalk({ userData: 'customer 1' });
  const { queueId } = held;
  day.take(callOut(ANN, { userData: 'of another call' }));
  const number = day.number();
  day.take(answered(number));
  const talk = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
  day.take(merge(ANN, { into: talk, from: held }));
  day.take(ended(number));

  const { effects } = day.take(ended(day.leg(ANN)));

  expect(released(effects)).toMatchObject({
    PARLEY_RESULT: 'success',
    PARLEY_QUEUE_ID: queueId,
    PARLEY_CONVERSATION_ID: talk.id,
    PARLEY_USER_DATA: 'customer 1',
  });
});

test('given a caller who talks with somebody else by now and hangs up, the agent whose phone rings for it is rung no longer', () => {
  const { day, caller, conversation } = aCallForAnn();
  day.take(inviteAgent(conversation, agentEnqueue(BOB)));
  day.take(answered(day.leg(BOB))); // Before Ann.
  const legs = [day.leg(ANN).channelId, day.leg(BOB).channelId];
  day.forget();

  const { effects } = day.take(ended(caller));

  expect([...hungUp(effects)].sort()).toEqual(legs.sort());
  expect(day.told).toEqual(['parts_changed', 'queue.fail hangup', 'exit bob', 'end dismiss']);
});

describe('given a caller who waits again after an agent has missed it', () => {
  /** Ann has missed it after 20 seconds; now it waits for Bob, as long as its call lasts. */
  function aMissedCaller() {
    const day = aDayOfThree({ state: 'away' });
    const routes = [[agentTarget(ANN)], [agentTarget(BOB)]];
    const enqueue = routing(routes, { failOverflow: true, conversationTimeoutSeconds: 60 });
    day.caller({ request: { by: 'enqueue', enqueue } });
    day.pass(20).take(ended(day.leg(ANN), 19));
    return day;
  }

  test('the time limit of the talk does not end the wait', () => {
    const day = aMissedCaller().pass(40);

    expect(released(day.take(due('conversations', day.conversation())).effects)).toBeUndefined();
  });

  test('the talk may last as long as the document says', () => {
    const day = aMissedCaller().pass(30);
    day.take(settingState(BOB));
    day.take(answered(day.leg(BOB)));
    day.pass(10).take(due('conversations', day.conversation())); // Ten seconds of talk.

    expect(day.world.conversations.size).toBe(1);
  });
});

test('given an agent who waits for a colleague beyond the limit of their talk, that ends', () => {
  const day = aDayOfThree({ state: 'away' });
  day.take(callAgent(ANN, routing([[agentTarget(BOB)]], { conversationTimeoutSeconds: 60 })));
  day.take(answered(day.leg(ANN)));
  expect(day.task().phase.at).toBe('waiting');

  day.pass(60).take(due('conversations', day.conversation()));

  expect(day.world.conversations.size).toBe(0);
});

test('given an agent who leaves the longer of two conversations, Asterisk is to end its leg with the other one', () => {
  const { day, conversation } = aTalk({ conversationTimeoutSeconds: 60 });
  day.take(callAgent(ANN, routing([[agentTarget(BOB)]], { conversationTimeoutSeconds: 21_600 })));
  day.take(answered(day.leg(BOB)));
  const other = only([...day.world.conversations.values()].filter(({ id }) => id !== conversation.id));

  const { effects } = day.take(exit(ANN, other));

  const limits = doing(effects, 'limit').filter(({ channelId }) => channelId === day.leg(ANN).channelId);
  expect(limits.map(({ until }) => until)).toEqual([after(70).at]);
});

test('given Asterisk dies while an agent rings for a caller, the task fails with hangup', () => {
  const { world } = aRingingAgent();
  const { notifications } = when(world, seen(world, { channels: new Map(), bridges: new Map(), afterGap: true }));

  expect(told(notifications)).toContain('queue.fail hangup');
});
