import {
  answered,
  aRingingAgent,
  BOB,
  dissolve,
  due,
  ended,
  hungUp,
  inviteAgent,
  inviteOut,
  legOf,
  NOTHING,
  now,
  OTHER_APP,
  refusal,
  released,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  when,
} from '../support/worlds';

describe('dissolving', () => {
  test('given a caller and an agent, the caller goes on, the agent is hung up and the bridge is closed last', () => {
    const { world, conversation, channelId, agentCall } = aServedCaller();

    const { answer, effects } = when(world, dissolve(conversation), after(9));

    const from = conversation.bridgeId;
    expect(answer).toBeNull();
    expect(effects).toEqual([
      { do: 'release', channelId, from, variables: expect.objectContaining({ PARLEY_END_REASON: 'remove' }) },
      { do: 'hang-up', channelId: agentCall.channelId, from },
      { do: 'close-bridge', bridgeId: from },
    ]);
    expect(world.conversations.size).toBe(0);
    expect(told(when(world, ended(agentCall)).notifications)).toEqual(['state_changed ann talking>idle']);
    expect(world.calls.size).toBe(0);
  });

  test('given it is done, a second time is refused as unknown', () => {
    const { world, conversation } = aRunningConversation();
    when(world, dissolve(conversation));

    expect(refusal(world, dissolve(conversation))).toBe('conversation-not-found');
  });

  test('given another application asks, it is refused as unknown', () => {
    const { world, conversation } = aRunningConversation();

    expect(refusal(world, { ...dissolve(conversation), app: OTHER_APP })).toBe('conversation-not-found');
    expect(world.conversations.size).toBe(1);
  });

  test('given a number that rings, its phone stops and its late answer joins nothing', () => {
    const { world, conversation, calls } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));
    const ringing = world.calls.get(answer)!;

    const { effects, notifications } = when(world, dissolve(conversation));
    expect(hungUp(effects)).toEqual([ringing.channelId, ...calls.map(({ channelId }) => channelId)]);
    expect(told(notifications)).toEqual(['end remove']);

    const late = when(world, answered(ringing));
    expect([hungUp(late.effects), late.changes, late.notifications]).toEqual([[ringing.channelId], [], []]);
  });

  test('given a number that is given up at that moment, nothing is asked twice', () => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));
    const ringing = world.calls.get(answer)!;
    when(world, due('calls', ringing), after(45));

    expect(hungUp(when(world, dissolve(conversation), after(45)).effects)).not.toContain(ringing.channelId);
    expect(when(world, due('calls', ringing), after(46))).toEqual(NOTHING);
  });

  test('given an agent who rings for an invitation, its task is cancelled and it is free when its leg has ended', () => {
    const { conversation, calls } = aRunningConversation();
    const world = aWorld({ ...atTheirPhones({ name: BOB }), calls, conversations: [conversation] });
    when(world, inviteAgent(conversation));
    const leg = legOf(world, BOB);

    expect(told(when(world, dissolve(conversation)).notifications)).toEqual(['queue.fail cancel', 'end remove']);
    expect(theAgent(world, BOB).state).toBe('fetching');
    expect(told(when(world, ended(leg)).notifications)).toEqual(['state_changed bob fetching>idle']);
    expect(world.queueTasks.size).toBe(0);
  });

  test('given an agent who is waited for, the task is cancelled and the agent is not rung when it is idle', () => {
    const { conversation, calls } = aRunningConversation();
    const world = aWorld({ ...atTheirPhones({ name: BOB, state: 'away' }), calls, conversations: [conversation] });
    when(world, inviteAgent(conversation));
    when(world, dissolve(conversation));

    const { app, name } = theAgent(world, BOB);
    expect(doing(when(world, { type: 'set-state', app, name, state: 'idle' }).effects, 'dial')).toEqual([]);
  });

  test('given a caller whose agent still rings, it ends silently and the caller goes on with cancel', () => {
    const { world, conversation, leg, channelId } = aRingingAgent();

    const { effects, notifications, changes } = when(world, dissolve(conversation));

    expect(told(notifications)).toEqual(['queue.fail cancel']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'cancel', PARLEY_END_REASON: 'remove' });
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(effects.map(({ do: what }) => what).at(-1)).toBe('close-bridge');
    expect(changes.find(({ kind }) => kind === 'conversations')).toMatchObject({
      live: false,
      value: { stage: { at: 'ended', reason: 'remove', hadBegun: false } },
    });
    expect(when(world, ended({ channelId }))).toEqual(NOTHING);
  });

  test('given the next caller waits for the agent, it is rung when the leg of the dissolved one has ended', () => {
    const { world, conversation, agentCall } = aServedCaller();
    const next = givenACaller(world, {}, after(1));
    when(world, dissolve(conversation), after(2));
    expect(world.queueTasks.get(next.taskId)?.phase.at).toBe('waiting');

    when(world, ended(agentCall), after(2));

    expect(world.queueTasks.get(next.taskId)?.phase.at).toBe('ringing');
  });

  test('given the facts of all its legs come afterwards, they change nothing but the legs', () => {
    const { world, conversation, calls } = aRunningConversation(3);
    when(world, dissolve(conversation));

    for (const call of calls) {
      const { effects, notifications } = when(world, ended(call));
      expect([effects, notifications]).toEqual([[], []]);
    }
    expect(when(world, due('conversations', conversation), after(100_000))).toEqual(NOTHING);
    expect(world.calls.size).toBe(0);
  });

  test('given members hang up just before and just after, it ends once', () => {
    const { world, conversation, calls } = aRunningConversation(3);
    when(world, ended(calls[0]!));
    const { notifications } = when(world, dissolve(conversation));

    expect(told(notifications)).toEqual(['end remove']);
    expect(told(when(world, ended(calls[1]!)).notifications)).toEqual([]);
    expect(only([...world.calls.values()]).id).toBe(calls[2]!.id);
    expect(now(world, 'calls', calls[2]!).stage.at).toBe('ending');
  });
});
