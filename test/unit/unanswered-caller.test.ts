import { aServedCaller, aWorld, atTheirPhones, doing, givenACaller, only } from '../support/worlds';

test('given a caller who is not to be answered yet, it stays out of the bridge while the agent is rung', () => {
  const { outcome } = givenACaller(aWorld(atTheirPhones({})), { answer: false });
  expect(doing(outcome.effects, 'dial')).toHaveLength(1);
  expect(only(doing(outcome.effects, 'place')).placement).toMatchObject({
    bridgeId: null,
    hears: { from: 'music' },
  });
  expect(doing(outcome.effects, 'receive')).toMatchObject([{ answer: false }]);
});

test('given the agent answers, such a caller is answered and goes into the bridge', () => {
  const { outcome, conversation, channelId } = aServedCaller({ answer: false });
  expect(doing(outcome.effects, 'receive')).toEqual([{ do: 'receive', channelId, answer: true }]);
  const placed = doing(outcome.effects, 'place').filter((each) => each.channelId === channelId);
  expect(only(placed).placement).toEqual({
    bridgeId: conversation.bridgeId,
    speaks: true,
    hears: { from: 'bridge' },
  });
});
