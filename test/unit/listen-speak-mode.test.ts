import type { Call } from '../../src/domain/call/call';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type { ListenSpeakMode, Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { AgentName, ConversationId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { World } from '../../src/domain/world';
import {
  ANN,
  answered,
  dissolve,
  ended,
  inviteAgent,
  inviteOut,
  legOf,
  now,
  OTHER_APP,
  refusal,
  told,
} from '../support/happenings';
import {
  aCall,
  aConversation,
  aMember,
  APP,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  SETTINGS,
  when,
} from '../support/worlds';

const MODES = [1, 2, 3, 4] as const;
/** The table of the modes, as the contract has it. */
const HEARS = { 1: true, 2: true, 3: false, 4: false };
const SPEAKS = { 1: true, 2: false, 3: true, 4: false };
const MUSIC = { from: 'music', musicClass: SETTINGS.musicClass };

const twos = MODES.flatMap((one) => MODES.map((two): readonly ListenSpeakMode[] => [one, two]));
const threes = twos.flatMap((both) => MODES.map((three): readonly ListenSpeakMode[] => [...both, three]));

function setMode(
  { id }: { readonly id: ConversationId },
  call: Pick<Call, 'id'>,
  mode: ListenSpeakMode,
): Input<'set-call-mode'> {
  return { type: 'set-call-mode', app: APP, conversationId: id, callId: call.id, mode };
}

const setAgentMode = (
  conversationId: ConversationId,
  mode: ListenSpeakMode,
  name = ANN,
): Input<'set-agent-mode'> => ({
  type: 'set-agent-mode',
  app: APP,
  conversationId,
  name,
  mode,
});

/** A conversation of so many, each put into its mode one after the other. */
function inModes(modes: readonly ListenSpeakMode[]) {
  const { world, conversation, calls } = aRunningConversation(modes.length);
  calls.forEach((call) => when(world, setMode(conversation, call, 4))); // So that each is placed at least once.
  modes.forEach((mode, index) => when(world, setMode(conversation, calls[index]!, mode)));
  return { world, conversation, calls, placements: calls.map((call) => placementOf(world, call)) };
}

function placementOf(world: World, call: Call): Placement {
  return now(world, 'calls', call).placement!;
}

/** What Asterisk makes of two legs: whoever hears its bridge hears all who speak in it. */
function isHeard(listener: Placement, speaker: Placement): boolean {
  if (listener.bridgeId === null || listener.bridgeId !== speaker.bridgeId) return false;
  return listener.hears.from === 'bridge' && speaker.speaks;
}

describe.each([
  ['two', twos],
  ['three', threes],
])('who hears whom among %s', (_, combinations) => {
  test.each(combinations.map((modes) => [modes] as const))(
    'given the modes %p, it is as the table says',
    (modes) => {
      const { placements } = inModes(modes);

      const heard = placements.map((listener) =>
        placements.map((speaker) => listener !== speaker && isHeard(listener, speaker)),
      );

      expect(heard).toEqual(
        modes.map((mine, me) => modes.map((theirs, they) => me !== they && HEARS[mine] && SPEAKS[theirs])),
      );
    },
  );

  test.each(combinations.map((modes) => [modes] as const))(
    'given the modes %p, the hold sound is heard by the only active one who may hear, and by nobody else',
    (modes) => {
      const { placements } = inModes(modes);
      const isAlone = modes.filter((mode) => mode !== 4).length === 1;

      const music = placements.map(({ hears }) => hears.from === 'music');

      expect(music).toEqual(modes.map((mode) => isAlone && HEARS[mode]));
    },
  );

  test.each(combinations.map((modes) => [modes] as const))(
    'given the modes %p, nobody listens to a bridge in which nobody speaks, so every leg gets RTP',
    (modes) => {
      const { placements } = inModes(modes);

      const listening = placements.filter(({ hears }) => hears.from === 'bridge');

      for (const each of listening)
        expect(placements.some((other) => other !== each && isHeard(each, other))).toBe(true);
    },
  );

  test.each(combinations.map((modes) => [modes] as const))(
    'given the modes %p, who is held is out of the bridge and everybody else in it',
    (modes) => {
      const { placements, conversation } = inModes(modes);

      expect(placements.map(({ bridgeId }) => bridgeId)).toEqual(
        modes.map((mode) => (mode === 4 ? null : conversation.bridgeId)),
      );
    },
  );
});

describe('changing a mode', () => {
  test('given the mode it has, nothing is asked of Asterisk', () => {
    const { world, conversation, calls } = inModes([1, 2, 3]);

    expect(when(world, setMode(conversation, calls[1]!, 2)).effects).toEqual([]);
  });

  test('asks for those legs only whose placement changes, and tells nobody', () => {
    const { world, conversation, calls } = inModes([1, 1, 1]);

    const { effects, notifications } = when(world, setMode(conversation, calls[0]!, 2));

    expect(effects).toEqual([
      {
        do: 'place',
        channelId: calls[0]!.channelId,
        from: conversation.bridgeId,
        placement: { bridgeId: conversation.bridgeId, speaks: false, hears: { from: 'bridge' } },
      },
    ]);
    expect(told(notifications)).toEqual([]);
  });

  test('given the call is no member, or only rings, it is refused', () => {
    const { world, conversation } = aRunningConversation();
    const { answer: ringing } = when(world, inviteOut(conversation));

    expect(refusal(world, setMode(conversation, { id: ringing }, 1))).toBe('not-a-member');
    const other = aCall();
    expect(
      refusal(aWorld({ calls: [other], conversations: [conversation] }), setMode(conversation, other, 1)),
    ).toBe('not-a-member');
  });

  test('given the member has left, it is refused', () => {
    const { world, conversation, calls } = aRunningConversation(3);
    when(world, ended(calls[0]!));

    expect(refusal(world, setMode(conversation, calls[0]!, 1))).toBe('call-not-found');
  });

  test('given the conversation is over or not ours, or the call is not there, it is refused', () => {
    const { world, conversation, calls } = aRunningConversation();

    expect(refusal(world, { ...setMode(conversation, calls[0]!, 2), app: OTHER_APP })).toBe('call-not-found');
    expect(refusal(world, setMode(conversation, { id: 'f'.repeat(32) as Call['id'] }, 2))).toBe('call-not-found');
    when(world, dissolve(conversation));
    expect(refusal(world, setMode(conversation, calls[0]!, 2))).toBe('conversation-not-found');
  });

  test('given an agent, its mode is set by its name; without a leg, or not there, it is refused', () => {
    const { world, conversation, agentCall } = aServedCaller();
    when(world, setAgentMode(conversation.id, 2));
    expect(placementOf(world, agentCall)).toMatchObject({ speaks: false, hears: { from: 'bridge' } });

    expect(refusal(world, setAgentMode(conversation.id, 2, 'eve' as AgentName))).toBe('agent-not-found');
    const idle = aWorld({ ...atTheirPhones({}), conversations: [conversation] });
    expect(refusal(idle, setAgentMode(conversation.id, 2))).toBe('not-a-member');
  });
});

describe('joining with a mode', () => {
  test.each(MODES)('given mode %d, the very first placement is that of the mode', (mode) => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation, { mode }));
    const call = world.calls.get(answer)!;

    const placed = doing(when(world, answered(call)).effects, 'place').filter(
      ({ channelId }) => channelId === call.channelId,
    );

    expect(placed).toHaveLength(1);
    expect(placed[0]!.placement.speaks).toBe(SPEAKS[mode]);
    expect(placed[0]!.placement.hears.from === 'bridge').toBe(HEARS[mode]);
    expect(placed[0]!.placement.bridgeId).toBe(mode === 4 ? null : conversation.bridgeId);
  });

  test('given an agent who is invited held, it joins as a member that hears and says nothing', () => {
    const { conversation, calls } = aRunningConversation();
    const world = aWorld({ ...atTheirPhones({ name: ANN }), calls, conversations: [conversation] });
    when(world, inviteAgent(conversation, agentEnqueue(ANN), { mode: 4 }));
    const leg = legOf(world);

    when(world, answered(leg));

    expect(placementOf(world, leg)).toEqual({ bridgeId: null, speaks: false, hears: { from: 'silence' } });
    expect(now(world, 'conversations', conversation).members.at(-1)).toMatchObject({ callId: leg.id, mode: 4 });
  });
});

describe('the hold sound', () => {
  test('given the others are held, it starts, and stops when one is taken back', () => {
    const { world, conversation, calls } = inModes([1, 1, 4]);
    when(world, setMode(conversation, calls[1]!, 4));
    expect(placementOf(world, calls[0]!)).toEqual({ bridgeId: conversation.bridgeId, speaks: true, hears: MUSIC });

    when(world, setMode(conversation, calls[2]!, 3));
    expect(placementOf(world, calls[0]!).hears).toEqual({ from: 'bridge' });
  });

  test('given the other active one leaves and a held one stays, it starts', () => {
    const { world, calls } = inModes([1, 1, 4]);

    when(world, ended(calls[1]!));

    expect(placementOf(world, calls[0]!).hears).toEqual(MUSIC);
  });

  test('given one active and one held, a third who joins stops it', () => {
    const { world, conversation, calls } = inModes([1, 4]);
    expect(placementOf(world, calls[0]!).hears).toEqual(MUSIC);
    const { answer } = when(world, inviteOut(conversation));
    expect(placementOf(world, calls[0]!).hears).toEqual(MUSIC);

    when(world, answered(world.calls.get(answer)!));

    expect(placementOf(world, calls[0]!).hears).toEqual({ from: 'bridge' });
  });

  test('given two active ones of whom neither speaks, both hear silence', () => {
    const { placements } = inModes([2, 2]);

    expect(placements.map(({ hears }) => hears.from)).toEqual(['silence', 'silence']);
  });
});

describe('an agent in two conversations', () => {
  /** Active in the first, held in the second; each has another member. */
  function inTwo() {
    const [first, second] = [aConversation(), aConversation()];
    const { agents, extensions } = atTheirPhones({ state: 'talking' });
    const [agent] = agents;
    const { id: agentId, name, extensionId } = agent!;
    const leg = aCall({ party: { kind: 'agent', agentId, name, extensionId }, memberOf: [first.id, second.id] });
    const others = [aCall({ memberOf: [first.id] }), aCall({ memberOf: [second.id] })] as const;
    const members = [
      [aMember(leg), aMember(others[0])],
      [aMember(leg, { mode: 4 }), aMember(others[1])],
    ] as const;
    const conversations: readonly Conversation[] = [
      { ...first, members: members[0] },
      { ...second, members: members[1] },
    ];
    const world = aWorld({
      agents: [{ ...agent!, callId: leg.id }],
      extensions,
      calls: [leg, ...others],
      conversations,
    });
    return { world, first, second, leg, others };
  }

  test.each([1, 2, 3] as const)(
    'given it is put to %d in the second, it is held in the first and moves over',
    (mode) => {
      const { world, first, second, leg, others } = inTwo();

      when(world, setAgentMode(second.id, mode));

      expect(now(world, 'conversations', first).members[0]).toMatchObject({ callId: leg.id, mode: 4 });
      expect(placementOf(world, leg)).toMatchObject({ bridgeId: second.bridgeId, speaks: SPEAKS[mode] });
      expect(placementOf(world, others[0]).hears).toEqual(MUSIC);
      expect(placementOf(world, others[1]).hears.from).toBe(SPEAKS[mode] ? 'bridge' : 'silence');
    },
  );

  test('given it is held in the second, where it is held already, it stays where it is', () => {
    const { world, first, second, leg } = inTwo();

    when(world, setAgentMode(second.id, 4));

    expect(now(world, 'conversations', first).members[0]?.mode).toBe(1);
    expect(placementOf(world, leg).bridgeId).toBe(first.bridgeId);
  });

  test('given it is held in the first too, it hears silence and is out of both bridges', () => {
    const { world, first, leg } = inTwo();

    when(world, setAgentMode(first.id, 4));

    expect(placementOf(world, leg)).toEqual({ bridgeId: null, speaks: false, hears: { from: 'silence' } });
  });

  test('given the first is dissolved, its leg lives on, held in the second', () => {
    const { world, first, second, leg, others } = inTwo();

    const { effects } = when(world, dissolve(first));

    expect(doing(effects, 'hang-up').map(({ channelId }) => channelId)).toEqual([others[0].channelId]);
    expect(now(world, 'calls', leg).memberOf).toEqual([second.id]);
    expect(placementOf(world, leg).bridgeId).toBeNull();
    expect(effects.at(-1)).toEqual({ do: 'close-bridge', bridgeId: first.bridgeId });
  });

  test('given its leg ends, both conversations end', () => {
    const { world, leg } = inTwo();

    when(world, ended(leg));

    expect([world.conversations.size, [...world.agents.values()][0]?.callId]).toEqual([0, null]);
  });
});
