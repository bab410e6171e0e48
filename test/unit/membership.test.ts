import { agentEnqueue } from '../../src/domain/queue/enqueue';
import {
  ANN,
  answered,
  BOB,
  due,
  ended,
  hungUp,
  inviteAgent,
  inviteOut,
  legOf,
  membersOf,
  now,
  told,
} from '../support/happenings';
import {
  after,
  APP,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  SETTINGS,
  when,
} from '../support/worlds';

const MUSIC = { from: 'music', musicClass: SETTINGS.musicClass };

describe('joining and leaving', () => {
  test('given three, one who leaves is kept with the time of leaving, and the others talk on', () => {
    const { world, conversation, calls } = aRunningConversation(3);

    const { notifications, effects } = when(world, ended(calls[1]!), after(30));

    expect(told(notifications)).toEqual(['parts_changed']);
    expect(effects).toEqual(doing(effects, 'place'));
    const { members } = now(world, 'conversations', conversation);
    expect(members.map(({ until }) => until)).toEqual([null, after(30).at, null]);
    expect(world.calls.has(calls[1]!.id)).toBe(false);
  });

  test('given an agent leaves by hanging up and two remain, it is told before the change of parts', () => {
    const { world, agentCall, conversation } = aServedCaller();
    const { answer } = when(world, inviteOut(conversation));
    when(world, answered(world.calls.get(answer)!));

    const { notifications, effects } = when(world, ended(agentCall));

    expect(told(notifications)).toEqual(['exit ann', 'parts_changed', 'state_changed ann talking>idle']);
    expect(hungUp(effects)).toEqual([]);
    expect(membersOf(now(world, 'conversations', conversation))).toHaveLength(2);
  });

  test('given an agent who left and is invited again, it has two entries', () => {
    const { world, agentCall, conversation } = aServedCaller();
    const { answer } = when(world, inviteOut(conversation));
    when(world, answered(world.calls.get(answer)!));
    when(world, ended(agentCall), after(10));

    when(world, inviteAgent(conversation, agentEnqueue(ANN)), after(20));
    when(world, answered(legOf(world, ANN)), after(25));

    const entries = now(world, 'conversations', conversation).members.filter(
      ({ party }) => party.kind === 'agent',
    );
    expect(entries.map(({ since, until }) => [since, until])).toEqual([
      [after(0).at, after(10).at],
      [after(25).at, null],
    ]);
  });
});

describe('the end of a conversation that is deserted', () => {
  test.each([0, 1])('given two, when either leaves it ends and the other is hung up', (first) => {
    const { world, calls, conversation } = aRunningConversation();

    const { notifications, effects } = when(world, ended(calls[first]!), after(5));

    expect(told(notifications)).toEqual(['end dismiss']);
    expect(effects).toEqual([
      { do: 'hang-up', channelId: calls[1 - first]!.channelId, from: null },
      { do: 'close-bridge', bridgeId: conversation.bridgeId },
    ]);
    expect(world.conversations.size).toBe(0);
  });

  test('given the ended conversation, its record has its end and all who were in it', () => {
    const { world, calls, conversation } = aRunningConversation();

    const { changes } = when(world, ended(calls[0]!), after(5));

    expect(changes.find(({ kind }) => kind === 'conversations')).toMatchObject({
      live: false,
      value: {
        id: conversation.id,
        stage: { at: 'ended', since: after(5).at, reason: 'dismiss', hadBegun: true },
        invited: [],
        members: [{ until: after(5).at }, { until: after(5).at }],
      },
    });
  });

  test('given a number that still rings, the one who remains waits for it, and it may join', () => {
    const { world, calls, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));

    expect(told(when(world, ended(calls[0]!)).notifications)).toEqual(['parts_changed']);
    expect(told(when(world, answered(world.calls.get(answer)!)).notifications)).toEqual(['parts_changed']);

    expect(membersOf(now(world, 'conversations', conversation))).toEqual([calls[1]!.id, answer]);
  });

  test.each(['ends', 'is given up'])('given a number that still rings, it ends when that %s too', (how) => {
    const { world, calls, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));
    const ringing = world.calls.get(answer)!;
    when(world, ended(calls[0]!));

    const { notifications } = when(world, how === 'ends' ? ended(ringing, 17) : due('calls', ringing), after(45));

    expect(told(notifications)).toEqual(['end dismiss']);
  });

  test('given an agent who is looked for, the one who remains waits with music, and it ends when that fails', () => {
    const { calls, conversation } = aRunningConversation();
    const world = aWorld({ ...atTheirPhones({ name: BOB }), calls, conversations: [conversation] });
    when(world, inviteAgent(conversation));

    expect(told(when(world, ended(calls[0]!)).notifications)).toEqual(['parts_changed']);
    expect(now(world, 'calls', calls[1]!).placement?.hears).toEqual(MUSIC);

    const { notifications } = when(world, ended(legOf(world, BOB), 21));
    expect(told(notifications)).toEqual([
      'queue.fail call_fail',
      'end dismiss',
      'state_changed bob fetching>idle',
    ]);
  });

  test('given the last member leaves while numbers ring, it ends and the phones stop', () => {
    const { world, calls, conversation } = aRunningConversation();
    const ringing = [inviteOut(conversation), inviteOut(conversation)].map((each) => when(world, each).answer);
    when(world, ended(calls[0]!));

    const { notifications, effects } = when(world, ended(calls[1]!));

    expect(told(notifications)).toEqual(['end dismiss']);
    expect(hungUp(effects)).toEqual(ringing);
    expect([...world.calls.values()].map(({ stage }) => stage.at)).toEqual(['ending', 'ending']);
  });

  test('given one member is held, it counts as a member and the conversation goes on', () => {
    const { world, calls, conversation } = aRunningConversation(3);
    const mode = {
      type: 'set-call-mode',
      app: APP,
      conversationId: conversation.id,
      callId: calls[0]!.id,
      mode: 4,
    } as const;
    when(world, mode);

    expect(told(when(world, ended(calls[1]!)).notifications)).toEqual(['parts_changed']);
  });

  test('given all hang up in any order, it ends once', () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const { world, calls } = aRunningConversation(3);

      const events = order.flatMap((index) => told(when(world, ended(calls[index]!)).notifications));

      expect(events).toEqual(['parts_changed', 'end dismiss']);
      expect([world.calls.size, world.conversations.size]).toEqual([0, 0]);
    }
  });
});
