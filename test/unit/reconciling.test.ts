import type { ChannelId, ExtensionId, PhoneNumber, SipUser } from '../../src/domain/ids';
import { BRIDGE } from '../../src/domain/conversation/listen-speak-mode';
import { seen, without } from '../support/phone-system-views';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  ended,
  hungUp,
  inviteOut,
  legOf,
  NOTHING,
  now,
  refusal,
  released,
  skillTarget,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  aConversation,
  aCall,
  aGateway,
  aMember,
  anExtension,
  APP,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

describe('nothing to put right', () => {
  test('given Asterisk as the world has it, nothing changes', () => {
    const { world } = aServedCaller();

    expect(when(world, seen(world))).toEqual(NOTHING);
  });

  test('given a gap, everybody is placed again just as before, and nothing else changes', () => {
    const { world, conversation } = aServedCaller();

    const { effects, notifications, changes } = when(world, seen(world, { afterGap: true }));

    const placement = { bridgeId: conversation.bridgeId, speaks: true, hears: BRIDGE };
    expect(effects).toMatchObject([
      { do: 'place', placement },
      { do: 'place', placement },
      { do: 'play-under', played: null },
    ]);
    expect(notifications).toEqual([]);
    expect(changes.every(({ kind }) => kind === 'calls')).toBe(true);
  });

  test('given a gap, a caller who waits gets its music again', () => {
    const world = aWorld(atTheirPhones({ state: 'away' }));
    const { channelId } = givenACaller(world);

    const { effects } = when(world, seen(world, { afterGap: true }));

    const music = { from: 'music', musicClass: SETTINGS.musicClass };
    expect(effects).toEqual([
      { do: 'place', channelId, from: null, placement: { bridgeId: null, speaks: true, hears: music } },
    ]);
  });
});

describe('channels', () => {
  test('given an agent whose leg is gone, its end is made up for and the caller goes on in the dialplan', () => {
    const { world, channelId, agentCall } = aServedCaller();

    const { effects, notifications } = when(world, seen(world, without(world, agentCall.channelId)));

    expect(told(notifications)).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);
    expect(doing(effects, 'release')).toMatchObject([{ channelId, variables: { PARLEY_RESULT: 'success' } }]);
    expect(hungUp(effects)).toEqual([]);
  });

  test('given a ringing leg that is gone, as one that was answered while we were away, the agent is rung again', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const leg = legOf(world);

    const { effects, notifications } = when(world, seen(world, without(world, leg.channelId)));

    expect(doing(effects, 'dial')).toHaveLength(1);
    expect([released(effects), hungUp(effects)]).toEqual([undefined, []]);
    expect(told(notifications)).toEqual([
      'state_changed ann fetching>idle',
      'queue.select ann',
      'state_changed ann idle>fetching',
    ]);
  });

  test('given a ringing leg that is gone and another agent who is free, that one is rung', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
    givenACaller(world, { request: asking([agentTarget(ANN), agentTarget(BOB)]) });
    const leg = legOf(world);

    const { notifications } = when(world, seen(world, without(world, leg.channelId)));

    expect(told(notifications)).toContain('queue.select bob');
    expect(world.queueTasks.size).toBe(1);
  });

  test('given a caller who was let go while the look was under way, it is not hung up', () => {
    const { world, agentCall } = aServedCaller();
    const look = seen(world, { afterGap: true });
    when(world, ended(agentCall));

    expect(when(world, look)).toEqual(NOTHING);
  });

  test('given a caller who is gone while it waited, its task fails with hangup', () => {
    const world = aWorld(atTheirPhones({ state: 'away' }));
    const { channelId } = givenACaller(world);

    const { notifications } = when(world, seen(world, without(world, channelId)));

    expect(told(notifications)).toEqual(['queue.fail hangup']);
    expect([world.calls.size, world.queueTasks.size]).toEqual([0, 0]);
  });

  test('given a leg that was answered while nobody listened, it joins', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const { channels } = seen(world);
    const up = new Map([...channels.keys()].map((channelId) => [channelId, 'up'] as const));

    const { notifications } = when(world, seen(world, { channels: up }));

    expect(told(notifications)).toContain('queue.success ann');
    expect(theAgent(world).state).toBe('talking');
  });

  test('given a channel that is missing but was not known when the look began, it is not judged', () => {
    const { world, agentCall } = aServedCaller();
    const look = seen(world, { ...without(world, agentCall.channelId), expected: new Set() });

    expect(when(world, look)).toEqual(NOTHING);
  });

  test('given a channel that is missing but about to be acted on, it is not judged', () => {
    const { world, agentCall } = aServedCaller();
    const unsettled = new Set([agentCall.channelId]);

    expect(when(world, seen(world, { ...without(world, agentCall.channelId), unsettled }))).toEqual(NOTHING);
  });

  test('given a leg that was to end and lives on, it is hung up again', () => {
    const { world, agentCall, call } = aServedCaller();
    when(world, ended(call));
    expect(world.calls.get(agentCall.id)?.stage.at).toBe('ending');

    const { effects } = when(world, seen(world));

    expect(hungUp(effects)).toEqual([agentCall.channelId]);
  });
});

describe('bridges', () => {
  test('given the bridge and all channels are gone, the conversation is lost and the agent is free', () => {
    const { world } = aServedCaller();

    const { notifications } = when(world, seen(world, { channels: new Map(), bridges: new Map() }));

    expect(told(notifications)).toEqual(['exit ann', 'end lost', 'state_changed ann talking>idle']);
    expect([world.conversations.size, world.calls.size]).toEqual([0, 0]);
  });

  test('given the bridge is gone and its channels live, they move to a new one and the conversation goes on', () => {
    const { world, conversation, channelId, agentCall } = aServedCaller();

    const { effects, notifications } = when(world, seen(world, { bridges: new Map() }));

    const { bridgeId } = now(world, 'conversations', conversation);
    expect(bridgeId).not.toBe(conversation.bridgeId);
    expect(effects[0]).toEqual({ do: 'open-bridge', bridgeId, kind: 'pair' });
    expect(doing(effects, 'place').map((each) => [each.channelId, each.placement.bridgeId])).toEqual([
      [channelId, bridgeId],
      [agentCall.channelId, bridgeId],
    ]);
    expect(notifications).toEqual([]);
  });

  test('given the bridge and one of three channels are gone, the other two move on together', () => {
    const { world, conversation, calls } = aRunningConversation(3);
    const gone = calls[0]!.channelId;

    const { effects } = when(world, seen(world, { bridges: new Map(), ...without(world, gone) }));

    const { bridgeId } = now(world, 'conversations', conversation);
    const placed = doing(effects, 'place').filter(({ placement }) => placement.bridgeId === bridgeId);
    expect(new Set(placed.map(({ channelId }) => channelId))).toEqual(
      new Set([calls[1]!.channelId, calls[2]!.channelId]),
    );
  });

  test('given a bridge that is about to be opened, it is not missed', () => {
    const { world, conversation } = aServedCaller();

    const look = seen(world, { bridges: new Map(), unsettled: new Set([conversation.bridgeId]) });

    expect(when(world, look)).toEqual(NOTHING);
  });

  test('given an active member who sits outside, it is placed again', () => {
    const { world, conversation, channelId, agentCall } = aServedCaller();
    const bridges = new Map([[conversation.bridgeId, [channelId]]]);

    const { effects } = when(world, seen(world, { bridges }));

    expect(effects).toMatchObject([
      { do: 'place', channelId: agentCall.channelId, placement: { bridgeId: conversation.bridgeId } },
    ]);
  });

  test('given a held member who sits inside, it is taken out', () => {
    const { world, conversation, channelId, agentCall } = aServedCaller();
    const { id: conversationId } = conversation;
    when(world, { type: 'set-agent-mode', app: APP, conversationId, name: ANN, mode: 4 });
    const bridges = new Map([[conversation.bridgeId, [channelId, agentCall.channelId]]]);

    const { effects } = when(world, seen(world, { bridges }));

    expect(effects).toMatchObject([
      { do: 'place', channelId: agentCall.channelId, placement: { bridgeId: null } },
    ]);
  });

  test('given a member held here and active elsewhere, its seat elsewhere is right', () => {
    const [here, elsewhere] = [aConversation(), aConversation()];
    const calls = [
      aCall({ memberOf: [here.id, elsewhere.id] }),
      aCall({ memberOf: [here.id] }),
      aCall({ memberOf: [elsewhere.id] }),
    ] as const;
    const world = aWorld({
      calls,
      conversations: [
        { ...here, members: [aMember(calls[0], { mode: 4 }), aMember(calls[1])] },
        { ...elsewhere, members: [aMember(calls[0]), aMember(calls[2])] },
      ],
    });
    when(world, seen(world, { afterGap: true }));

    expect(now(world, 'calls', calls[0]).placement?.bridgeId).toBe(elsewhere.bridgeId);
    expect(when(world, seen(world))).toEqual(NOTHING);
  });
});

describe('accounts and the trunk', () => {
  test.each([
    ['phone', anExtension()],
    ['gateway', anExtension({ line: aGateway() })],
  ])('given the account of a %s is missing, it is made again and cannot be rung yet', (_, extension) => {
    const world = aWorld({ extensions: [extension] });

    const { effects } = when(world, seen(world, { accounts: new Map() }));

    expect(effects).toMatchObject([{ do: 'provision', extensionId: extension.id }]);
    expect(now(world, 'extensions', extension).enabled).toBe(false);
  });

  test('given a phone that registered while nobody listened, its agent is rung for the caller who waits', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: extensions.map((each) => ({ ...each, enabled: false })) });
    givenACaller(world);

    const accounts = new Map([['100001' as SipUser, 'reachable'] as const]);
    const { effects } = when(world, seen(world, { accounts }));

    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(hungUp(effects)).toEqual([]);
  });

  test('given the phone that rang has gone meanwhile, and another has registered, that one is rung', () => {
    const skills = [{ name: 'sales', score: 1, enabled: true }];
    const { agents, extensions } = atTheirPhones({ name: ANN, skills }, { name: BOB, skills });
    const [first, second] = extensions.map((each, index) => ({ ...each, enabled: index === 0 }));
    const world = aWorld({ agents, extensions: [first!, second!] });
    givenACaller(world, { request: asking([skillTarget('sales')], { reserveState: 'busy' }) });
    const { channelId } = legOf(world, ANN);

    const view = seen(world);
    const accounts = new Map(['100001', '100002'].map((user) => [user as SipUser, 'reachable'] as const));
    const channels = new Map([...view.channels].filter(([id]) => id !== channelId));
    when(world, { ...view, accounts, channels });

    expect(theAgent(world, BOB).state).toBe('fetching');
  });

  describe('given the account of a deleted extension is still there', () => {
    const user = '100001' as SipUser;
    const there = new Map([[user, 'reachable'] as const]);
    const aDeletion = () => {
      const extension = anExtension();
      const world = aWorld({ extensions: [extension] });
      when(world, { type: 'delete-extension', app: APP, extensionId: extension.id });
      return { world, line: extension.line };
    };

    test('its deletion is asked for at every look, and forgotten a minute after it was made, when it has gone', () => {
      const { world } = aDeletion();

      for (const seconds of [1, 60, 3_600]) {
        const look = when(world, seen(world, { accounts: there }), after(seconds));
        expect(look.effects).toEqual([{ do: 'unprovision', user }]);
      }

      expect(when(world, seen(world), after(3_660)).effects).toEqual([]);
      expect(world.formerAccounts.size).toBe(0);
      expect(when(world, seen(world, { accounts: there }), after(3_720))).toEqual(NOTHING);
    });

    test('it is known for a minute after it has gone, because a late request may bring it back', () => {
      const { world } = aDeletion();

      expect(when(world, seen(world), after(59))).toEqual(NOTHING);

      expect(when(world, seen(world, { accounts: there }), after(60)).effects).toHaveLength(1);
    });

    test('while its deletion is under way it is not asked for again', () => {
      const { world } = aDeletion();

      expect(when(world, seen(world, { accounts: there, unsettled: new Set([user]) }))).toEqual(NOTHING);
    });

    test('and its user is given away again, the old account goes before the new one comes, which stays', () => {
      const { world, line } = aDeletion();

      const { answer, effects } = when(world, { type: 'create-extension', app: APP, line });

      expect(effects).toEqual([
        { do: 'unprovision', user },
        { do: 'provision', extensionId: answer.id, user, digest: '0'.repeat(32) },
      ]);
      expect(when(world, seen(world, { accounts: there }), after(3_600)).effects).toEqual([]);
    });
  });

  test('given an account that was never ours, it is left alone', () => {
    const accounts = new Map([['100001' as SipUser, 'reachable'] as const]);

    expect(when(aWorld(), seen(aWorld(), { accounts }))).toEqual(NOTHING);
  });

  test('given an ordinary telephone, no account is missed', () => {
    const extension = anExtension({
      id: 'e'.repeat(32) as ExtensionId,
      line: { type: '3', telnum: '13600000000' as PhoneNumber },
    });
    const world = aWorld({ extensions: [extension] });

    expect(when(world, seen(world, { accounts: new Map() }))).toEqual(NOTHING);
  });

  test('given the trunk is missing, outside numbers are refused until it is seen again', () => {
    const { world, conversation } = aRunningConversation();

    when(world, seen(world, { trunks: new Set() }));
    expect(refusal(world, inviteOut(conversation))).toBe('no-line');

    when(world, seen(world));
    expect(doing(when(world, inviteOut(conversation)).effects, 'dial')).toHaveLength(1);
  });

  test('given no trunk is configured, none is missed', () => {
    const world = { ...aWorld(), settings: { ...SETTINGS, trunk: null } };

    expect(when(world, seen(world, { trunks: new Set() }))).toEqual(NOTHING);
  });
});

test('given Asterisk has restarted, nothing is left of calls and conversations and the agents are free', () => {
  const { world, conversation } = aServedCaller();
  when(world, inviteOut(conversation));
  const phones = seen(world);

  const { notifications } = when(world, { ...phones, channels: new Map(), bridges: new Map(), afterGap: true });

  expect(told(notifications)).toEqual(['exit ann', 'end lost', 'state_changed ann talking>idle']);
  expect([world.calls.size, world.conversations.size, world.queueTasks.size]).toEqual([0, 0, 0]);
  expect(only(world.agents.values())).toMatchObject({ state: 'idle', callId: null });
  expect(when(world, answered({ channelId: 'stray' as ChannelId })).effects).toEqual([
    { do: 'hang-up', channelId: 'stray', from: null },
  ]);
});
